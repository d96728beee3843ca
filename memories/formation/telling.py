"""What somebody says of themselves, as another tells it later: 'I'm moving to Porto tomorrow, with
my dog' becomes 'Ada is moving to Porto on 5 March 2026, with their dog'. Pure; None where it would
be a guess."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from fishbowl.llm.offline import lexicon as lx
from fishbowl.llm.offline.text import clean, tidy, upper_first, words
from memories.recall.holidays import HOLIDAY, holiday
from memories.recall.spans import SPAN, span

FORMS = {
    "she": {"subject": "she", "object": "her", "possessive": "her", "own": "hers"},
    "he": {"subject": "he", "object": "him", "possessive": "his", "own": "his"},
    "they": {"subject": "they", "object": "them", "possessive": "their", "own": "theirs"},
}
SELF = {"she": "herself", "he": "himself", "they": "themselves"}
_TOKEN = re.compile(r"[^\W_]+(?:['\-][^\W_]+)*|[^\w\s]|\s+|_+")
_MODAL = lx.word_set(
    "can could will would should must might may shall did had can't couldn't won't wouldn't "
    "shouldn't mustn't didn't hadn't cannot ought used was wasn't"
)
_HELPING = lx.word_set("am have do don't haven't")
_SUBJECTS = lx.word_set(
    "i we you he she it they who which that people everybody everyone nobody to"
)
_SAME = lx.word_set("put cut hit shut split spread let set hurt quit cost bet rid cast burst")
_PAST_TIME = re.compile(r"\b(?:yesterday|ago|last|once|when|before|earlier|already)\b", re.I)
_HABIT = re.compile(r"\b(?:is|are|am|has|does|always|usually|often|sometimes|every)\b")
_BETWEEN = lx.word_set(
    "always never often still also really just even only not sometimes usually rarely hardly now "
    "then actually honestly absolutely both all too no longer"
)
_NOT_ED = lx.word_set("need feed bleed speed breed weed seed heed exceed proceed succeed shed")
_FAR = lx.word_set("he she him her his hers they them their theirs he's she's they're himself")
ADDRESSED = lx.word_set(
    "you your yours you're you've you'll you'd yourself u ur ya we we're we've we'll we'd us ours "
    "ourselves let's y'all"
)

# 'My parents divorced when I was six': six was not the parents.
_OF_THEIRS = re.compile(r"my [\w' -]+ (?:I|me)\b(?<! and I)", re.IGNORECASE)

_LEAD = re.compile(
    r"^(?:(?:(?:hi|hey|hello|good (?:morning|evening)),? (?:all|everyone|everybody|there|folks|"
    r"friends)|well|oh|ah|aw|yes|yeah|yep|no|nope|ok|okay|so|and|but|also|plus|anyway|honestly|"
    r"actually|basically|frankly|true|right|sure|hi|hey|hello|hm+|um+|er+|look|listen|wow|aye|"
    r"sorry|thanks|by the way|btw|to be honest|tbh|in fact|as for me|for me|for my part|"
    r"personally|you know|you see|i mean|the thing is|truth is|guess what|fun fact|these days|"
    r"nowadays|at the moment|right now)\b[,:.!…-]*\s*)+",
    re.IGNORECASE,
)
# "Odile, actually my sister": to whom, before that.
CALL = re.compile(r"^@?[A-ZÀ-Þ][\w'-]+[,:] +")
_TAIL = re.compile(
    r"(?:,? (?:to be honest|tbh|honestly|you know|i think|i guess|i suppose|actually|anyway|by the "
    r"way|btw|of course|as well|too|though|then|if i'm honest|mind you|i must say|in fact)|"
    r", mind)+$",
    re.IGNORECASE,
)
_SHORT = (
    (r"\bI'm\b", "I am"), (r"\bI've\b", "I have"), (r"\bI'll\b", "I will"),
    (r"\bI'd (?=(?:been|had|gone|seen|done|never|always|already|better|just)\b|\w+ed\b)", "I had "),
    (r"\bI'd\b", "I would"), (r"\bim\b(?= \w)", "I am"), (r"\bive\b(?= \w)", "I have"),
    (r"\bi'm\b", "I am"), (r"\bi've\b", "I have"), (r"\bi'll\b", "I will"),
    (r"\bi'd\b", "I would"), (r"(?<![\w'])i(?![\w'.])", "I"), (r"\bgonna\b", "going to"),
    (r"\bwanna\b", "want to"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Teller:
    """Who says it: a name, and which pronoun people use of it ('' where nobody knows)."""

    name: str
    pronoun: str = ""


def uncalled(text: str) -> str:
    """A line without the name of whom it is said to, where that isn't what it tells of."""
    called = CALL.match(text)
    rest = text[called.end() :] if called else ""
    return rest if _LEAD.match(rest) else text


def plain(text: str) -> str:
    """Speech in its long forms, without markup or mannerisms before it: what patterns read."""
    text = uncalled(clean(text).replace("’", "'").replace("‘", "'"))
    for pattern, put in _SHORT:
        text = re.sub(pattern, put, text)
    return _LEAD.sub("", text).strip()


def retell(said: str, teller: Teller, at: dt.datetime, *, is_over: bool = False) -> str | None:
    """A plain clause of `teller`'s, told of `teller`: one sentence that stands by itself. `is_over`
    of what was done once: 'read' is a past there, unless more is told of now."""
    said = _TAIL.sub("", said)
    tokens = _TOKEN.findall(said)
    lows = [token.lower() for token in tokens]
    if ADDRESSED & set(lows) or not {"i", "my", "me", "mine"} & set(lows):
        return None
    # Where somebody else is 'she', or might be, only the name says who is meant.
    is_theirs = _OF_THEIRS.match(said) is not None
    is_named = bool(_FAR & set(lows)) or (is_theirs and not teller.pronoun)
    forms = FORMS.get(teller.pronoun, FORMS["they"])
    out: list[str] = []
    is_told = False
    for n, low in enumerate(lows):
        if tokens[n] == "I":
            whole = is_named or is_theirs or not is_told or "and" in lows[max(0, n - 2) : n]
            out.append(teller.name if whole else forms["subject"])
            _agree(
                tokens, lows, n, is_plural=not whole and forms["subject"] == "they", is_over=is_over
            )
        elif low == "my" or (low == "our" and is_told):
            out.append(forms["possessive"] if is_told and not is_named else f"{teller.name}'s")
        elif low == "me":
            out.append(forms["object"] if is_told and not is_named else teller.name)
        elif low == "mine":
            out.append(forms["own"] if is_told and not is_named else f"{teller.name}'s")
        elif low == "myself":
            out.append(SELF.get(teller.pronoun, "themselves"))
            continue
        else:
            out.append(tokens[n])
            continue
        is_told = True
    told = dated("".join(out), at).strip(" ,;:-–—")
    told = _TAIL.sub("", re.sub(r"\s*[,;:…!.]*$", "", told))
    return tidy(upper_first(told) + ".") if told else None


def _agree(
    tokens: list[str], lows: list[str], subject: int, *, is_plural: bool, is_over: bool
) -> None:
    """Put the verbs after the subject at `subject` into the third person, in place."""
    at = _next_verb(tokens, lows, subject)
    if at is None:
        return
    verb = lows[at]
    is_done = is_over and verb == "read" and not _HABIT.search(" ".join(lows))
    agreed = None if is_done else _third(verb, " ".join(lows), is_plural=is_plural)
    if agreed is not None:
        tokens[at] = agreed
    if agreed in {None, verb} or verb in _HELPING:
        if verb not in _MODAL:
            _agree_helping(tokens, lows, at, is_plural=is_plural)
        return
    # 'I mend nets and sell them': the second verb, too, where it surely is one
    for n in range(at + 1, len(tokens)):
        if lows[n] == "i" or tokens[n] in ".;:!?":
            return
        if lows[n] not in {"and", "but", "or"}:
            continue
        second = _next_verb(tokens, lows, n)
        after = _next_verb(tokens, lows, second) if second is not None else None
        if second is None or after is None or lows[second] not in lx.VERBS:
            continue
        follows = lows[after] in lx.DETERMINERS | lx.PREPOSITIONS | {"it", "them", "myself"}
        if follows and not lows[second].endswith("ing"):
            turned = _third(lows[second], " ".join(lows), is_plural=is_plural)
            if turned:
                tokens[second] = turned


def _agree_helping(tokens: list[str], lows: list[str], at: int, *, is_plural: bool) -> None:
    """'I entered it and have not erased it': what surely is a verb of the same subject."""
    for n in range(at + 1, len(tokens)):
        if lows[n] in _SUBJECTS or tokens[n] in ".;:!?":
            return
        second = _next_verb(tokens, lows, n) if lows[n] in {"and", "but"} else None
        if second is not None and lows[second] in _HELPING:
            tokens[second] = _third(lows[second], "", is_plural=is_plural) or tokens[second]


def _next_verb(tokens: list[str], lows: list[str], at: int) -> int | None:
    n = at + 1
    if lows[n + 1 : n + 4] in (["sort", " ", "of"], ["kind", " ", "of"]):
        n += 4
    while n < len(tokens) and (
        tokens[n].isspace() or lows[n] in _BETWEEN or (lows[n].endswith("ly") and len(lows[n]) > 4)
    ):
        n += 1
    return n if n < len(tokens) and lows[n][:1].isalpha() else None


def _third(verb: str, sentence: str, *, is_plural: bool) -> str | None:
    """A verb after 'I', after a name or 'they'. None: leave it."""
    irregular = {
        "am": ("is", "are"), "was": ("was", "were"), "have": ("has", "have"),
        "do": ("does", "do"), "don't": ("doesn't", "don't"), "haven't": ("hasn't", "haven't"),
        "wasn't": ("wasn't", "weren't"), "go": ("goes", "go"), "ain't": ("isn't", "aren't"),
    }  # fmt: skip
    if verb in irregular:
        return irregular[verb][is_plural]
    if is_plural or verb in _MODAL or (verb in lx.FUNCTION - lx.VERBS and verb != "like"):
        return None
    if verb == "read" or verb in _SAME:
        return None if _PAST_TIME.search(sentence) or verb in _SAME else "reads"
    if verb in lx.PAST and verb not in lx.word_set("come become run"):
        return None
    if verb.endswith("ed") and verb not in _NOT_ED:
        return None
    return third_person(verb)


def third_person(verb: str) -> str:
    """'carry' → 'carries'."""
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


# --- time words, which mean another day when they are read again ----------------------------------

_DAYS = {name.lower(): n for n, name in enumerate(calendar.day_name)}
_AGO = re.compile(rf"(?:\babout )?{SPAN} ago\b", re.I)
_HENCE = re.compile(rf"\bin (?:about )?{SPAN}(?:'s? time)?\b(?! of)", re.I)
_SINGLE = re.compile(
    r"\b(?:the day after tomorrow|tomorrow (?:morning|afternoon|evening|night)|tomorrow|"
    r"the day before yesterday|yesterday (?:morning|afternoon|evening)|yesterday|today|tonight|"
    r"this (?:morning|afternoon|evening)|last night|(?:last|next|this) (?:week|month|year|weekend)|"
    r"the (?:week|weekend|month|year) (?:before last|after next))"
    r"\b(?!'s)",
    re.I,
)
_IS_PAST = re.compile(r"\b(?:was|were|had(?! better\b))\b", re.I)
_WEEKDAY = re.compile(rf"\b(?P<w>on|next|last|this) (?P<d>{'|'.join(_DAYS)})\b(?!s| \d)", re.I)


def day(at: dt.datetime) -> str:
    """'5 March 2026'."""
    return f"{at.day} {at:%B %Y}"


def until(at: dt.datetime, now: dt.datetime) -> str:
    """By when something is to be done, as one would say it where `now` is: 'by tomorrow', 'by
    Friday', 'by 5 March 2026'."""
    local = at.astimezone(now.tzinfo)
    days = (local.date() - now.date()).days
    if at < now:
        return f"and it was to be done by {'today' if days == 0 else day(local)}"
    if days <= 1:
        return "by tomorrow" if days else "by tonight"
    return f"by {local:%A}" if days < 7 else f"by {day(local)}"


def dated(text: str, at: dt.datetime) -> str:
    """The text with 'tomorrow', 'last week', 'two months ago' and their like as dates."""
    is_past = _IS_PAST.search(text) is not None or any(
        word in lx.PAST or word.endswith("ed") for word in words(text)
    )
    text = _AGO.sub(lambda m: _away(m, at, -1), text)
    if not is_past:  # 'once in eight years'
        text = _HENCE.sub(lambda m: _away(m, at, 1), text)
    text = _WEEKDAY.sub(lambda m: _weekday(m, at, is_past), text)
    text = HOLIDAY.sub(lambda m: _feast(m, at, is_past), text)
    return _SINGLE.sub(lambda m: _single(m.group(0).lower(), at), text)


def _away(match: re.Match[str], at: dt.datetime, sign: int) -> str:
    count, unit = span(match)
    count *= sign
    if unit in {"minute", "hour"}:
        return match[0]
    if unit == "day":
        then = day(at + dt.timedelta(days=count))
        return f"around {then}" if match["half"] or match["more"] else f"on {then}"
    if unit == "week":
        return f"around {day(at + dt.timedelta(weeks=count))}"
    return _month_away(at, count) if unit == "month" else f"in {at.year + count}"


def _month_away(at: dt.datetime, count: int) -> str:
    month = at.year * 12 + at.month - 1 + count
    return f"in {calendar.month_name[month % 12 + 1]} {month // 12}"


def _weekday(match: re.Match[str], at: dt.datetime, is_past: bool) -> str:
    ahead = (_DAYS[match["d"].lower()] - at.weekday()) % 7 or 7
    if match["w"].lower() == "last" or (is_past and match["w"].lower() != "next"):
        ahead -= 7 if ahead < 7 else 14 if match["w"].lower() == "last" else 7
    then = at + dt.timedelta(days=ahead)
    return f"on {then:%A} {day(then)}"


def _feast(match: re.Match[str], at: dt.datetime, is_past: bool) -> str:
    how, name, year = match["w"].lower(), match["h"], match["y"]
    if year or how in {"since", "during"}:
        return match[0]
    first, days = holiday(name, at.year)
    is_over = first + dt.timedelta(days=days) <= at.date()
    if how == "last" or (is_past and how != "next"):
        year = at.year - (not is_over)
    else:
        year = at.year + is_over
    return f"{'at' if how in {'last', 'next', 'this'} else match['w']} {name} {year}"


def _single(word: str, at: dt.datetime) -> str:
    one = dt.timedelta(days=1)
    monday = at - at.weekday() * one
    first = word.split()[0]
    sign = {"last": -1, "next": 1}.get(first, 0)
    sign = {"before last": -2, "after next": 2}.get(" ".join(word.split()[-2:]), sign)
    word = re.sub(r" (?:before last|after next)$", "", word)
    part = re.search(r"morning|afternoon|evening|night", word)
    if word.endswith("weekend"):
        return f"on the weekend of {day(monday + (5 + 7 * sign) * one)}"
    if word.endswith("week"):
        return f"in the week of {day(monday + 7 * sign * one)}"
    if word.endswith("month"):
        return _month_away(at, sign)
    if word.endswith("year"):
        return f"in {at.year + sign}"
    days = {"tomorrow": 1, "yesterday": -1, "last": -1}.get(first, 0)
    if word.startswith("the day"):
        days = 2 if "after" in word else -2
    then = day(at + days * one)
    if word == "tonight":
        return f"on the evening of {then}"
    return f"on the {part.group(0)} of {then}" if part else f"on {then}"
