"""Who of several of one name is meant: what a text says of them tells. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from memories.formation.findings import Related
from memories.formation.patterns import KIN, PET

# Where people know one another from; anywhere else they may just be.
_CIRCLE = (
    "office|work|school|university|college|club|choir|church|gym|shop|bakery|library|team|band|"
    "hospital|factory|company|class|course|neighbourhood|neighborhood|street|village"
)
_FROM = rf"\b%s,? (?:from|at|in|of) (?:(?:the|my|our|his|her|their) )?(?P<circle>{_CIRCLE})\b"
_KIN = rf"\b(?P<whose>[Mm]y|[Oo]ur|[A-ZÀ-Þ][\w-]*'s) (?:[\w-]+ ){{0,2}}?(?P<kin>{KIN}|{PET}),? %s\b"


def told_apart(
    name: str,
    related: Iterable[Related],
    said: Iterable[tuple[str, str]],
    speakers: Mapping[str, str],
) -> str:
    """What tells whoever is called so from others of the name: 'sister of person 12', 'office';
    empty where nothing does. `said` are lines, each with its speaker's name; `speakers` who is
    called what, so that nobody's name stands in it."""
    for one in related:
        kin, of = one.relation.removesuffix(" of"), speakers.get(one.object)
        if one.subject == name and of and re.fullmatch(rf"{KIN}|{PET}", kin):
            return f"{kin} of {of}"
    for speaker, text in said:
        plain = text.replace("’", "'")
        if found := re.search(_KIN % re.escape(name), plain):
            whose = found["whose"].removesuffix("'s")
            of = speakers.get(speaker if whose.lower() in {"my", "our"} else whose)
            if of:
                return f"{found['kin'].lower()} of {of}"
        if found := re.search(_FROM % re.escape(name), plain):
            return found["circle"].lower()
    return ""


def is_of(apart: str, who: str) -> bool:
    """Whether what tells somebody apart is how they stand to `who` ('person 12')."""
    return apart.endswith(f" of {who}")


def says(apart: str, text: str) -> bool:
    """Whether a text says what tells somebody apart."""
    return bool(apart) and re.search(rf"\b{re.escape(apart.split()[0])}\b", text, re.I) is not None
