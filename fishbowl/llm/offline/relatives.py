"""Whom of their own somebody speaks of: "my brother", "my wife's sister". Pure."""

from __future__ import annotations

import re

KIN = (
    r"(?:half-?|step-?|grand)?(?:sister|brother|mother|mum|mom|father|dad|wife|husband|partner|son|"
    r"daughter|child|kid|baby|girlfriend|boyfriend|friend|cousin|aunt|uncle|gran|nan|niece|nephew|"
    r"boss(?!s)|neighbour|neighbor|flatmate|roommate)s?"
)
_ANY = rf"(?:{KIN}|(?:grand)?(?:parent|children|ma\b|pa\b)s?|sibling|fianc[ée]e?)s?(?:-in-law)?"
_OWN = re.compile(
    rf"(?<!not )(?<!n['’]t )\b(?:my|our) (?:[\w-]+ ){{0,2}}?(?P<who>{_ANY})\b"
    rf"(?P<on>(?:['’]s (?:\w+ )??{_ANY}\b)*)",
    re.IGNORECASE,
)
# What asks for a fact of somebody of theirs. Why they do a thing or whether they will is no such.
_ASKS = re.compile(
    r"^\W*(?:(?:and|but|so|ok|well|hey)\W+)*(?:(?:what|where|when|who|which|how)\b(?! about)"
    r"(?:(?:['’]s)? \w+){0,5}?(?: (?:is|are|was|were|do|does|did|has|have|had|of|called)|['’]s)"
    r"|(?:is|are|was|were|does|do|did|has|have|had)(?:n['’]t)?) (?=my |our )",
    re.IGNORECASE,
)
_KNOWS = re.compile(r"\b(?:know|remember|recall|about|heard of|told you of) (?=my |our )", re.I)
# One is another in other words, or one of those.
_SAME = (
    {"mother", "mum", "mom", "ma"},
    {"father", "dad", "pa"},
    {"grandmother", "grandma", "gran", "nan"},
    {"grandfather", "grandpa", "granddad"},
    {"neighbour", "neighbor"},
    {"flatmate", "roommate"},
)
_ONE_OF = {
    "parent": {"mother", "father"},
    "grandparent": {"grandmother", "grandfather"},
    "child": {"son", "daughter", "kid", "baby"},
    "children": {"son", "daughter", "kid", "baby", "child"},
    "kid": {"son", "daughter", "child", "children", "baby"},
    "grandchildren": {"grandson", "granddaughter", "grandchild"},
    "sibling": {"sister", "brother"},
    "partner": {"wife", "husband", "girlfriend", "boyfriend", "fiancé", "fiancée", "fiance"},
}
Chain = tuple[str, ...]  # ("wife", "sister") of "my wife's sister"


def own_in(text: str) -> list[Chain]:
    """Whom of their own a text of somebody's names, in order."""
    found = []
    for one in _OWN.finditer(text):
        further = re.findall(rf"['’]s (?:\w+ )??({_ANY})\b", one["on"], re.IGNORECASE)
        found.append(tuple(_plain(who) for who in (one["who"], *further)))
    return found


def is_of_same_kin(question: str, said: str) -> bool:
    """Whether what was said is of one of the relatives that a question names, whosever they are;
    so of a question that names none."""
    asked = [_plain(who) for who in re.findall(rf"\b{_ANY}\b", question, re.IGNORECASE)]
    chains = own_in(said) or [
        (_plain(who),) for who in re.findall(rf"\b{_ANY}\b", said, re.IGNORECASE)
    ]
    return not asked or any(is_same((one,), chain) for one in asked for chain in chains)


def own_asked_after(question: str) -> Chain:
    """Whom of their own a question asks after for a fact; () of any other question."""
    found = _ASKS.search(question) or _KNOWS.search(question)
    if found is None or not (own := _OWN.match(question, found.end())):
        return ()
    return own_in(own[0])[0]


def is_same(one: Chain, other: Chain) -> bool:
    """Whether the same relative may be meant."""
    return len(one) == len(other) and all(map(_is_one, one, other))


def names_another(question: str, said: str) -> bool:
    """Whether what somebody said is of another of theirs than their question is of: each names one,
    and none that both name."""
    asked, told = own_in(question), own_in(said)
    return bool(asked and told) and not any(is_same(a, b) for a in asked for b in told)


def _is_one(one: str, other: str) -> bool:
    if one == other or any({one, other} <= same for same in _SAME):
        return True
    return other in _wide(one) or one in _wide(other)


def _wide(who: str) -> set[str]:
    """Whoever may be meant by one word for several kinds of relatives."""
    of = _ONE_OF.get(who, set())
    return of | {word for same in _SAME if of & same for word in same}


def _plain(who: str) -> str:
    """A word for a relative as one says it of one."""
    plain = re.sub(r"^(?:half|step)-?", "", who.lower())
    return plain[:-1] if plain.endswith("s") and not plain.endswith("ss") else plain
