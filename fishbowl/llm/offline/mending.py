"""A correction in a few words ("no, I said Tuesday", "it's Milan, not Leeds"), and what of all that
was said before it puts right. Pure."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fishbowl.llm.offline.lexicon import FUNCTION, NUMBERS, word_set
from fishbowl.llm.offline.text import upper_first, with_article, words

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_WEEKDAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_NUMBER = rf"(?:\d+|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
_KIN = (
    r"(?:(?:half-?|step-?|grand|god)?(?:sister|brother|mother|father|son|daughter|child)|mum|mom|dad|gran|nan|grandma|"
    r"grandpa|wife|husband|partner|girlfriend|boyfriend|fianc[ée]e?|friend|cousin|aunt|uncle|niece|nephew|boss|colleague|"
    r"neighbour|neighbor|flatmate|roommate)(?:-in-law)?"
)
# What one thing may stand in another's place, the first kind that fits.
_KINDS = tuple(
    (kind, re.compile(rf"(?<![\w'’]){said}(?![\w'’])", flags))
    for kind, said, flags in (
        (
            "day",
            rf"(?:{_WEEKDAY}(?: \d{{1,2}} {_MONTH}(?: \d{{4}})?)?|(?:the )?\d{{1,2}}(?:st|nd|rd|th)?"
            rf"(?: of)? {_MONTH}(?: \d{{4}})?|{_MONTH}(?: \d{{1,2}}| \d{{4}})?|tomorrow|today|tonight)",
            re.IGNORECASE,
        ),
        (
            "time",
            r"(?:\d{1,2}(?::\d\d)? ?(?:am|pm|o'clock)|\d{1,2}:\d\d|noon|midnight)",
            re.IGNORECASE,
        ),
        ("number", _NUMBER, re.IGNORECASE),
        ("kin", _KIN, re.IGNORECASE),
        ("name", r"(?!I\b)[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)*", 0),
    )
)
_TAKES_BACK = r"(?:no|nope|nah|wait|sorry|actually|wrong|not quite|oops|correction)"
_LEAD = rf"(?P<lead>(?:(?:{_TAKES_BACK}|well|oh|ah|but|ok|hey)\b[,.!:… -]*)+)?"
_BEFORE = r"(?:(?:on|in|at|to|from|for|a|an|the|my) )*"
_VALUE = r"[\w'’:-]+(?: (?!not\b|and\b|but\b|is\b|are\b|was\b)[\w'’:-]+){0,2}?"
_IS = (
    r"(?:(?:it|that|he|she|they)(?:['’]s|['’]re| is| are| was)|(?-i:[A-ZÀ-Þ])\w+(?:['’]s| is| was))"
)
_PUTS_RIGHT = (
    re.compile(
        rf"^{_LEAD}(?P<meant>I (?:said|meant|mean|told you)[,:]? |make (?:it|that) |{_IS} )?{_BEFORE}"
        rf"(?P<new>{_VALUE})(?:,? (?:and )?not {_BEFORE}(?P<old>{_VALUE}))?[.!]*$",
        re.IGNORECASE,
    ),
    re.compile(
        rf"^{_LEAD}(?:not|{_IS} not|(?:it|that) (?:isn['’]t|wasn['’]t)|I (?:didn['’]t|never) (?:say|said|mean)) "
        rf"{_BEFORE}(?P<old>{_VALUE})(?:[,;:.]| but)+ (?:but |I said |I meant |{_IS} )*{_BEFORE}(?P<new>{_VALUE})[.!]*$",
        re.IGNORECASE,
    ),
)  # fmt: skip
_NAMED = re.compile(r"\b(?P<of>(?!(?:It|That|He|She|They|Not|No)\b)[A-ZÀ-Þ]\w+)(?:['’]s| is| was) ")
_MEANT = re.compile(r"I |make ", re.IGNORECASE)
_CORRECTS = re.compile(rf"\W*(?:(?:{_TAKES_BACK}|I was wrong)\b[,.!: …-]*)+(?=\w)", re.IGNORECASE)
_NO_THING = (FUNCTION - NUMBERS - word_set("may of the")) | word_set(
    "thanks please really sure good bad fine okay right true sorry later maybe bye hello hi yes no"
)
LONGEST = 12  # words of a correction


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to stand (`new`), and in whose place, where that is said (`old`). `is_said` is
    whether they say that they said so themselves; who only says 'it's Milan' must have been
    misheard a moment ago. `of` is whom they name: 'Joe is my cousin, not my brother'."""

    new: str
    old: str = ""
    is_said: bool = False
    of: str = ""


@dataclass(frozen=True, slots=True)
class Right:
    """Which of what was told (`at`, `old`) is put right, how it is right (`text`), and what of it
    was wrong (`was`)."""

    at: int
    old: str
    text: str
    was: str


def correction_in(said: str) -> Correction | None:
    """What a line that is nothing but a correction puts right; None of any other."""
    plain = " ".join(said.split())
    if len(words(plain)) > LONGEST or "?" in plain:
        return None
    for pattern in reversed(_PUTS_RIGHT):
        found = pattern.match(plain)
        if found is None:
            continue
        old = found["old"] or ""
        meant = found.groupdict().get("meant") or ""
        is_said = bool(old) or bool(_MEANT.match(meant))
        takes_back = re.search(rf"\b{_TAKES_BACK}\b", found["lead"] or "", re.IGNORECASE)
        if not _may_stand(found["new"]) or (old and not _may_stand(old)):
            continue
        if (is_said or takes_back) and (old or kind_of(found["new"])):
            named = _NAMED.search(plain[: found.start("new")])
            return Correction(found["new"], old, is_said, named["of"] if named else "")
    return None


def _may_stand(value: str) -> bool:
    """Whether a few words may be a thing that was told: "listening to me" is none."""
    found = words(value)
    return bool(found) and not any(word in _NO_THING or word.endswith("ing") for word in found)


def corrects(said: str) -> bool:
    """Whether a line begins by taking something back: "no, my sister lives in Milan"."""
    return _CORRECTS.match(said) is not None


def without_lead(said: str) -> str:
    """The same without the words by which something is taken back: "actually my dog is Max"."""
    found = _CORRECTS.match(said)
    return upper_first(said[found.end() :]) if found else said


def kind_of(value: str) -> str:
    """Which kind of thing a few words name: day, time, number or name; '' for any other."""
    return next((kind for kind, found in _KINDS if found.fullmatch(value.strip())), "")


def put_right(correction: Correction, told: Sequence[str], heard: str = "") -> Right | None:
    """Which of what was told (oldest first) a correction is of, and how that is right. `heard` is
    what was said to them just before: that is meant first. None where it is of nothing told."""
    found = []
    for at, one in enumerate(told):
        span = _span(correction, one)
        if span is None or one.rstrip().endswith("?") or not _is_of(correction, one):
            continue
        was = one[span[0] : span[1]]
        if was.lower() == correction.new.lower():
            return None  # it was said so already
        is_heard = set(words(was)) <= set(words(heard))
        is_named = is_heard or correction.is_said or (correction.of and kind_of(was) == "kin")
        if is_named or kind_of(was) not in {"name", "kin"}:
            found.append((is_heard, at, Right(at, one, _with(one, span, correction.new), was)))
    return max(found, key=lambda each: each[:2])[2] if found else None


def _is_of(correction: Correction, told: str) -> bool:
    """Whether what was told may be of whom a correction names."""
    return not correction.of or correction.of.lower() in words(told)


def _span(correction: Correction, told: str) -> tuple[int, int] | None:
    """Where in a sentence the thing stands that is corrected."""
    if correction.old:
        stood = re.search(rf"(?<!\w){re.escape(correction.old)}(?!\w)", told, re.IGNORECASE)
        if stood is None:
            return None
        day = next((d for d in _KINDS[0][1].finditer(told) if d.start() == stood.start()), None)
        return (day or stood).span()
    wanted = kind_of(correction.new)
    expression = next(found for kind, found in _KINDS if kind == wanted)
    spans = [each.span() for each in expression.finditer(told)]
    if wanted == "name":  # whoever tells it begins it
        spans = [span for span in spans if span[0] and kind_of(told[slice(*span)]) != "day"]
    return spans[-1] if spans else None


def _with(told: str, span: tuple[int, int], new: str) -> str:
    before, after = told[: span[0]], told[span[1] :]
    article = re.search(r"\b(an?) $", before, re.IGNORECASE)
    if article and not new[:1].isupper():
        return f"{before[: article.start()]}{with_article(new)}{after}"
    return f"{before}{new}{after}"


# "I'm not a nurse, I'm a doctor".
_NOT_SO = re.compile(
    r"I(?:['’]m| am) not (?:an? )?(?P<old>[\w-]+)[,;.]? (?:but )?I(?:['’]m| am) (?!not\b)",
    re.IGNORECASE,
)


def instead_of(said: str) -> str | None:
    """Whether a line corrects what its speaker said before, in a sentence: what stood there, or ''
    where they don't say; None where it corrects nothing."""
    if denied := _NOT_SO.match(without_lead(said)):
        return denied["old"]
    return "" if corrects(said) else None


def is_put_right(one: str, other: str, instead: str) -> bool:
    """Whether `one`, a correction, says the same as `other` but for one thing in its place: for
    what it names (`instead`), or, where that is '', for one of its kind."""
    first, second = one.rstrip(".").split(), other.rstrip(".").split()
    least = min(len(first), len(second))
    start = next((n for n in range(least) if first[n] != second[n]), least)
    end = next((n for n in range(least - start) if first[-1 - n] != second[-1 - n]), least - start)
    new, old = first[start : len(first) - end], second[start : len(second) - end]
    if start + end < 2 or start < 1 or not (0 < len(new) <= 4 and 0 < len(old) <= 4):
        return False
    if instead:
        stood, meant = set(words(" ".join(old))) - {"a", "an"}, set(words(instead))
        dated = all(word.isdigit() for word in stood - meant)  # 'Monday' is kept as 'Monday 30'
        return stood <= meant or (meant <= stood and dated)
    kind = _whole_kind(first, start, len(first) - end)
    return kind != "" and kind == _whole_kind(second, start, len(second) - end)


def _whole_kind(said: list[str], start: int, end: int) -> str:
    """The kind of what stands there; 'Monday 30' of 'Monday 30 March 2026' is a day."""
    if kind := kind_of(" ".join(said[start:end]).strip(",;")):
        return kind
    return next(
        (kind for n in range(end + 1, min(end + 3, len(said)) + 1)
         if (kind := kind_of(" ".join(said[start:n])))), "")  # fmt: skip
