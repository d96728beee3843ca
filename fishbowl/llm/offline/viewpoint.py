"""Turns a sentence about somebody, in the third person, into one said by or to that somebody."""

from __future__ import annotations

import re
from itertools import pairwise

from fishbowl.llm.offline import lexicon as lx
from fishbowl.llm.offline.text import sentences, spelled_out, upper_first, words

_TOKEN = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|[^\w\s]|\s+|_+")
_SHE = {"she", "her", "hers", "herself", "she's", "she'd", "she'll"}
_HE = {"he", "him", "his", "himself", "he's", "he'd", "he'll"}
SHE_WORDS = lx.word_set(
    "mother sister wife woman girl daughter grandmother aunt niece widow lady gran mum mom queen "
    "girlfriend grandma housekeeper landlady ms mrs miss bride"
)
HE_WORDS = lx.word_set(
    "father brother husband man boy son grandfather uncle nephew widower gentleman grandad dad "
    "boyfriend grandpa king fellow mr groom"
)
_FORMS = {
    "I": {
        "subject": "I", "object": "me", "possessive": "my", "own": "mine", "self": "myself",
        "is": "am", "has": "have", "does": "do", "was": "was", "isn't": "am not",
        "doesn't": "don't", "hasn't": "haven't", "wasn't": "wasn't",
    },
    "you": {
        "subject": "you", "object": "you", "possessive": "your", "own": "yours",
        "self": "yourself", "is": "are", "has": "have", "does": "do", "was": "were",
        "isn't": "aren't", "doesn't": "don't", "hasn't": "haven't", "wasn't": "weren't",
    },
}  # fmt: skip
_SUBJECT = {"she": "subject", "he": "subject", "herself": "self", "himself": "self",
            "hers": "own", "him": "object"}  # fmt: skip

_THEY = {"their": "possessive", "theirs": "own", "themself": "self", "themselves": "self"}


_QUOTED = re.compile(r"“[^“”]*”")
_IN_ONE = "Whosoever"  # in the place of a name that is more than a word


def _set_aside(text: str) -> tuple[str, list[str]]:
    """The text with a number in place of each quotation, and what stood there: what was said stays
    as it was said."""
    quoted = _QUOTED.findall(text)
    numbers = iter(range(len(quoted)))
    return _QUOTED.sub(lambda _: f"“{next(numbers)}”", text), quoted


def _put_back(text: str | None, quoted: list[str]) -> str | None:
    if text is None or not quoted:
        return text
    return re.sub(r"“(\d+)”", lambda m: quoted[int(m.group(1))], text)


def turn(sentence: str, name: str, into: str) -> str | None:
    """The sentence with `name` become 'I' or 'you', but for what is quoted in it; None where that
    would be a guess."""
    plain, quoted = _set_aside(sentence)
    if name and not _TOKEN.fullmatch(name):  # of several words, or with a low line in it
        plain = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _IN_ONE, plain, flags=re.IGNORECASE)
        if _IN_ONE not in plain:
            return sentence
        name = _IN_ONE
    return _put_back(_turn(plain, name, into), quoted)


def _turn(sentence: str, name: str, into: str) -> str | None:
    forms = _FORMS[into]
    tokens = _TOKEN.findall(sentence)
    lows = [t.lower().replace("’", "'") for t in tokens]
    mine = {name.lower(), name.lower() + "'s"}
    found = [w for w in lows if w[0].isalnum()]
    pronouns = (_SHE & set(found), _HE & set(found))
    if any(pronouns):
        if all(pronouns) or not mine & set(found):
            return None
        others = (SHE_WORDS if pronouns[0] else HE_WORDS) & set(found)
        if others or _names_others(tokens, name):
            return None
    elif not mine & set(found):
        return sentence
    out: list[str] = []
    for at, token in enumerate(tokens):
        low = lows[at]
        if low in mine or (low in _SHE | _HE and any(pronouns)):
            role = _role(tokens, lows, at, name.lower())
            out.append(forms[role] if not low.endswith("'d") else forms["subject"] + "'d")
            if low in {"she's", "he's", "she'll", "he'll"}:
                return None
        elif low in _THEY and mine & set(lows[:at]) and not _has_plural(set(lows[:at]) - mine):
            out.append(forms[_THEY[low]])
        else:
            out.append(token)
    return _agree(out, forms)


def _has_plural(lows: set[str]) -> bool:
    """Whether several of something were named, which 'their' may go back to."""
    return any(
        word.endswith("s") and len(word) > 3 and word[-2:] not in {"'s", "ss"} and not _base(word)
        for word in lows
    )


_BEFORE_PLACES = lx.word_set("the on in")


def _names_others(tokens: list[str], name: str) -> bool:
    """Whether somebody else may be named: a capital that isn't a place's, "The Lantern"."""
    found = [t for t in tokens if t[0].isalpha()]
    is_place = False
    for before, token in pairwise(found):
        if not token[0].isupper():
            is_place = False
            continue
        is_place = is_place or before.lower() in _BEFORE_PLACES
        is_own = token.lower().removesuffix("'s") == name.lower() or token in {"I", "The"}
        if not (is_place or is_own):
            return True
    return False


def _around(lows: list[str], at: int, step: int) -> str:
    at += step
    while 0 <= at < len(lows) and lows[at].isspace():
        at += step
    return lows[at] if 0 <= at < len(lows) else ""


_PARTICLES = lx.word_set("off up down out")
_NO_OBJECT = lx.word_set("that than as like until before after since")


def _role(tokens: list[str], lows: list[str], at: int, name: str) -> str:
    low = lows[at]
    after, before = _around(lows, at, 1), _around(lows, at, -1)
    if low in _SUBJECT:
        return _SUBJECT[low]
    if low in {"she'd", "he'd"}:
        return "subject"
    if low == name + "'s" or low == "his":
        return "possessive"
    if low == "her":
        adjective = after in {"own", "old", "new", "little"} or after in lx.NUMBERS
        is_end = not after[:1].isalnum() or (after in lx.FUNCTION and not adjective)
        return "object" if is_end else "possessive"
    if before in {"but", "except"} and (
        not after[:1].isalnum() or lows[:at][-4:-1] == ["nobody", " ", before]
    ):
        return "object"
    if before in _PARTICLES and after in lx.AUXILIARIES:
        return "subject"  # "from far off Bram could hear"
    if before in lx.PREPOSITIONS - _NO_OBJECT:
        return "object"
    if before in lx.VERBS and before not in {"said", "says", "thinks", "thought", "know", "knew"}:
        return "object"
    return "subject"


_BEFORE_VERB = {"always", "never", "often", "still", "also", "no", "longer"}


def _agree(out: list[str], forms: dict[str, str]) -> str | None:
    """Verbs after the turned subject lose their third person; None if one can't be told."""
    subject = forms["subject"]
    for at, token in enumerate(out):
        if token != subject or (at and out[at - 1] == "'"):
            continue
        nxt = next((k for k in range(at + 1, len(out)) if not out[k].isspace()), None)
        while nxt is not None and out[nxt].lower() in _BEFORE_VERB:
            nxt = next((k for k in range(nxt + 1, len(out)) if not out[k].isspace()), None)
        if nxt is None:
            continue
        verb = out[nxt].lower()
        if verb in forms and verb not in {"subject", "object", "own", "self", "possessive"}:
            out[nxt] = forms[verb]
        elif verb.endswith("s") and verb not in {"was", "is", "has", "does"}:
            base = _base(verb)
            if base is None:
                return None
            out[nxt] = base
    for at, token in enumerate(out):  # "Ada mends nets and sells them": the second verb, too
        if token.lower() in {"who", "that", "which", "whose"}:
            break
        if token.lower() not in {",", "and", "but", "or"} or subject not in out[:at]:
            continue
        nxt = next((k for k in range(at + 1, len(out)) if not out[k].isspace()), None)
        verb = out[nxt].lower() if nxt is not None else ""
        if nxt is None or (verb in lx.ADVERBS and verb != "was"):
            continue
        if verb in {"is", "has", "does", "isn't", "hasn't", "doesn't", "was", "wasn't"}:
            out[nxt] = forms[verb]
        elif verb.endswith("s") and (base := _base(verb)) is not None:
            out[nxt] = base
    return upper_first(_ME_FIRST.sub(r"\1 and I", "".join(out).strip()))


_ME_FIRST = re.compile(r"^I and ([A-Z][\w'’-]+)\b")


def _base(verb: str) -> str | None:
    for ending, rest in (("ies", "y"), ("es", ""), ("s", "")):
        if verb.endswith(ending) and verb[: -len(ending)] + rest in lx.VERBS:
            return verb[: -len(ending)] + rest
    return None


def as_own(text: str, speaker: str, longest: int = 2) -> str | None:
    """A text about the speaker, said by the speaker: as many whole sentences as surely turn."""
    turned: list[str] = []
    for sentence in sentences(text)[:4]:
        plain, quoted = _set_aside(sentence)
        low = set(words(plain))
        if low & {"you", "your", "you're", "you've"}:
            said = _put_back(_from_second(plain), quoted)
        else:
            said = turn(sentence, speaker, "I")
            if said == sentence and not low & lx.FUNCTION:
                said = None
        if said is None or (said == sentence and not turned and (low & (_SHE | _HE | {"they"}))):
            break
        turned.append(said)
        if len(turned) >= longest:
            break
    return " ".join(turned) or None


_SECOND = (
    (r"\byou are\b", "I am"), (r"\byou're\b", "I'm"), (r"\byou were\b", "I was"),
    (r"\byou've\b", "I've"), (r"\byou'd\b", "I'd"), (r"\byou'll\b", "I'll"),
    (r"\byourself\b", "myself"), (r"\byours\b", "mine"), (r"\byour\b", "my"),
    (rf"\b({'|'.join(sorted(lx.PREPOSITIONS))}) you\b", r"\1 me"), (r"\byou\b", "I"),
)  # fmt: skip


def _from_second(sentence: str) -> str:
    for pattern, put in _SECOND:
        sentence = re.sub(pattern, put, sentence, flags=re.IGNORECASE)
    return upper_first(sentence)


_FIRST = (
    (r"\bI am\b", "you are"), (r"\bI'm\b", "you're"), (r"\bI was\b", "you were"),
    (r"\bI've\b", "you've"), (r"\bI'd\b", "you'd"), (r"\bI'll\b", "you'll"),
    (r"\bam I\b", "are you"), (r"\bwas I\b", "were you"), (r"\bmyself\b", "yourself"),
    (r"\bwe were\b", "you were"), (r"\bwe're\b", "you're"), (r"\bwe've\b", "you've"),
    (r"\bwe'd\b", "you'd"), (r"\bwe'll\b", "you'll"), (r"\bwe\b", "you"),
    (r"\bourselves\b", "yourselves"), (r"\bours\b", "yours"), (r"\bour\b", "your"),
    (r"\bus\b", "you"),
    (r"\bmine\b", "yours"), (r"\bmy\b", "your"), (r"\bme\b", "you"), (r"\bI\b", "you"),
)  # fmt: skip


def said_back(words_said: str) -> str | None:
    """What somebody said of themselves, said back to them; None where 'you' is in it already."""
    plain = spelled_out(words_said)
    if re.search(r"\byou(?:r|rs|rself)?\b", plain, re.IGNORECASE):
        return None
    for pattern, put in _FIRST:
        plain = re.sub(pattern, put, plain, flags=re.IGNORECASE if pattern[2] != "I" else 0)
    return plain
