"""Whether two statements about one subject can both be true now. Pure, by what they claim:
where somebody lives, what they work as, whether they like a thing."""

# ruff: noqa: E501 — a pattern that is broken at every hundredth column can't be read at all

from __future__ import annotations

import re
from dataclasses import dataclass

from memories.formation.echo import content_words

CLOSE = 0.6  # share of words from which two objects are the same thing


@dataclass(frozen=True, slots=True)
class Claim:
    """What a statement says of its subject: `value` in the place `slot`. There is room for one
    value where `is_single`; elsewhere only the same thing denied speaks against it."""

    slot: str
    value: frozenset[str]
    is_so: bool = True
    is_single: bool = True


_PLACE = r"(?:in|at|near|on|to|into|by)"
_SINGLE: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (slot, re.compile(expression, re.IGNORECASE))
    for slot, expression in (
        ("home", rf"^(?:\w+ly |now |still )?(?:lives|is living|is based|resides|live) (?:alone |with [\w ]+? )?{_PLACE} (?P<value>[^,.;]+)"),
        ("home", r"^(?:has )?(?:just |recently )?moved (?:back )?(?:to|into) (?P<value>[^,.;]+)"),
        ("job", r"^(?:now |still )?(?:works|is working|work) as (?:an? |the )?(?P<value>[^,.;]+)"),
        ("workplace", r"^(?:now |still )?(?:works|is working|work) (?:\w+ )?(?:at|for) (?:the )?(?P<value>[^,.;]+)"),
        ("age", r"^(?:is|turned|are) (?P<value>\d+|\w+(?:-\w+)?) years old"),
        ("status", r"^(?:is|are) (?:now |still |happily |newly )?(?P<value>married|single|divorced|engaged|separated|widowed)\b"),
        ("birthday", r"^'s birthday (?:is|falls) (?:on |in )?(?P<value>[^,.;]+)"),
        ("birthplace", r"^was born in (?P<value>[^,.;]+)"),
        ("origin", r"^(?:is|comes) (?:originally )?from (?P<value>[^,.;]+)"),
    )
)  # fmt: skip
_NAMED = re.compile(r"^'s (?P<what>[\w -]{2,30}?) is (?:called|named) (?P<value>[^,.;]+)", re.I)
_FAVOURITE = re.compile(
    r"^'s (?:\w+ )?favou?rite (?P<what>[\w -]{2,30}?) is (?P<value>[^,.;]+)", re.I
)
_LIKES = re.compile(
    r"^(?:(?:\w+ly|still|now|always|really|does|do) )*(?:loves?|likes?|adores?|enjoys?|prefers?|"
    r"(?:is|are) (?:\w+ )?(?:fond of|crazy about|into|keen on|a (?:big |huge |great )?fan of)|has always loved)"
    r" (?P<value>[^,.;]+)",
    re.IGNORECASE,
)
_DISLIKES = re.compile(
    r"^(?:(?:\w+ly|still|now|always|really) )*(?:hates?|dislikes?|detests?|loathes?|can't (?:stand|bear)|"
    r"cannot (?:stand|bear)|(?:doesn't|does not|don't|do not|no longer) (?:\w+ly )?(?:likes?|loves?|enjoys?|"
    r"care for)|(?:is|are) (?:not|no longer) (?:fond of|keen on|into)|has always hated) (?P<value>[^,.;]+)",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\s+(?:and|but|because|since|with|where|when|after|so|as|for|on|these|any ?more)\b.*$"
)
_NOT = re.compile(
    r"\b(?:not|never|no longer|no|doesn't|does not|don't|do not|isn't|is not|hasn't|has not|can't|cannot|"
    r"won't|didn't|wasn't|haven't|aren't|any ?more)\b",
    re.IGNORECASE,
)


def claim_of(content: str, subject: str) -> Claim | None:
    """What `content` claims of `subject`; None where that can't be told."""
    said = content.strip().rstrip(".")
    if not subject or not said.lower().startswith(subject.lower()):
        return None
    said = said[len(subject) :].lstrip()
    for slot, expression in _SINGLE:
        if match := expression.match(said):
            value = match["value"] if slot == "birthday" else _LATER.sub("", match["value"])
            return Claim(slot, _words(value, subject))
    for expression, slot in ((_NAMED, "name of"), (_FAVOURITE, "favourite")):
        if match := expression.match(said):
            return Claim(f"{slot} {match['what'].lower()}", _words(match["value"], subject))
    for expression, is_so in ((_DISLIKES, False), (_LIKES, True)):
        if match := expression.match(said):
            value = _words(_LATER.sub("", match["value"]), subject)
            return Claim("liking", value, is_so, is_single=False) if value else None
    value = _words(_stems(_NOT.sub(" ", said)), subject)
    return Claim("being", value, not _NOT.search(said), is_single=False) if len(value) > 1 else None


def contradict(one: str, other: str, subject: str) -> bool:
    """Whether two statements about `subject` speak against each other."""
    first, second = claim_of(one, subject), claim_of(other, subject)
    if first is None or second is None or first.slot != second.slot:
        return False
    if not first.value or not second.value:
        return False
    shared = len(first.value & second.value)
    if first.is_single:
        return shared == 0
    if first.is_so == second.is_so:
        return False
    smaller, larger = sorted((len(first.value), len(second.value)))
    if first.slot == "being":  # the very same thing, denied
        return shared == larger
    return shared / smaller >= CLOSE


def replaces(one: str, subject: str) -> bool:
    """Whether what `one` speaks against is over (there is one home), and not merely disputed."""
    claim = claim_of(one, subject)
    return claim is not None and claim.is_single


def _words(text: str, subject: str) -> frozenset[str]:
    return content_words(text) - content_words(subject)


def _stems(text: str) -> str:
    """'eats' and '(does not) eat' are one word."""
    return re.sub(r"\b(\w{3,}?)(?:es|s)\b", r"\1", text)
