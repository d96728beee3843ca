"""A question on what somebody has told of themselves and theirs, put as it is meant: straight, and
with those it points back to. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from fishbowl.llm.offline.relatives import names_another
from fishbowl.llm.offline.text import words
from fishbowl.llm.offline.told import asked_with, meant
from fishbowl.llm.offline.viewpoint import HE_WORDS, SHE_WORDS

_ROUNDABOUT = re.compile(
    r"^(?:(?:and|but|so|well|ok|hey)[, ]+)*(?:do|did|can|could|would|don't) you (?:\w+ )?"
    r"(?:think|believe|reckon|suppose|know|remember|recall|tell me|say)(?: that| if| whether)? "
    r"(?P<who>(?:what|where|who|when|which \w+|how \w+|how) )?(?P<what>(?:I|my)\b.+)$",
    re.IGNORECASE,
)
_OWN_VERB = re.compile(
    r"^I(?:(?P<short>'m|'ve)| (?P<aux>am|was|have been|can|could|will|would|did|should))"
    r"(?P<rest>\b.*)$",
    re.IGNORECASE,
)
_PLAIN_VERB = re.compile(r"^I (?P<rest>.+)$", re.IGNORECASE)
_SHORT = {"'m": "am I", "'ve": "have I"}


def put_straight(question: str) -> str:
    """A roundabout question on oneself, put straight: "do you know if I'm married?" is "am I
    married?"; any other as it is."""
    found = _ROUNDABOUT.match(question)
    if found is None:
        return question
    who, what = found["who"] or "", found["what"]
    if verb := _OWN_VERB.match(what):
        asks = _SHORT.get((verb["short"] or "").lower()) or _turned(verb["aux"])
        return f"{who}{asks}{verb['rest']}"
    if verb := _PLAIN_VERB.match(what):
        return f"{who}do I {verb['rest']}"
    return f"{who}{what}"


def _turned(auxiliary: str) -> str:
    first, _, rest = auxiliary.partition(" ")
    return f"{first} I {rest}".rstrip()


_SHE, _HE = r"she|her|hers", r"he|him|his"
_BACK = re.compile(rf"\b(?:(?P<she>{_SHE})|(?P<he>{_HE}))\b(?P<s>'s)?", re.IGNORECASE)
_POSSESSIVE = {"his", "hers"}
_HERS = re.compile(r"\bher (?!(?:in|at|on|to|for|now|then|last|again)\b)\w+", re.IGNORECASE)
_DONE_TO_ME = re.compile(r"\b(?:me|us)\b", re.IGNORECASE)
_OF_MINE = re.compile(r"\b(?:my|our) (?:\w+ )??(?P<who>\w+)\b", re.IGNORECASE)


def named_again(question: str, told: Sequence[str]) -> str:
    """A question with whom of their own it points back to, who came up in what they said before
    (`told`, oldest first): "where does she live?" is "where does my sister live?"."""
    back = _BACK.search(question)
    if back is None or _OF_MINE.search(question):
        return question
    fitting = SHE_WORDS if back["she"] else HE_WORDS
    whose = next(
        (
            found["who"].lower()
            for line in reversed(told)
            for found in reversed(list(_OF_MINE.finditer(line)))
            if found["who"].lower() in fitting
        ),
        "",
    )
    if not whose:
        return question
    pointed = back[0].lower()
    has = pointed in _POSSESSIVE or (pointed == "her" and _HERS.search(question))
    end = "'s" if has or back["s"] else ""
    return f"{question[: back.start()]}my {whose}{end}{question[back.end() :]}"


# How a line begins that goes on to tell of somebody.
_LEADS = r"(?:and|but|so|well|oh|good news|guess what|yes|no|actually|luckily|sadly|now)"
_DID = r"(?:been|got|had|become|gone|moved|left|come|died|found|just)"
_GOES_ON = re.compile(
    rf"^\W*(?:{_LEADS}\b[,:.! ]*)*(?P<who>(?P<she>she)|he)"
    rf"(?:'s (?P<did>{_DID}\b)|(?P<is>'s)|(?='d|'ll|\b)) ?(?=['\w])",
    re.IGNORECASE,
)
_A_NAME = re.compile(r"(?<=[a-z,;] )(?!I\b)[A-ZÀ-Þ][a-zà-þ]+")


def goes_on(said: str) -> bool:
    """Whether a line begins by telling of somebody as he or she."""
    return _GOES_ON.match(said.replace("’", "'")) is not None


def meant_by(said: str, told: Sequence[str], since: Sequence[str]) -> tuple[int, str] | None:
    """A line that begins with he or she, with whom of their own it means: whom of that kind they
    told of last (`told`, oldest first; its place is given back). None where that isn't plain: they
    name more than one there, or somebody else came up `since` (lines of anybody, without whom they
    are said to)."""
    plain = said.replace("’", "'")
    found = _GOES_ON.match(plain)
    if found is None or _OF_MINE.search(plain):
        return None
    fitting = SHE_WORDS if found["she"] else HE_WORDS
    for at in range(len(told) - 1, -1, -1):
        near = {one["who"].lower() for one in _OF_MINE.finditer(told[at])} & fitting
        if not near:
            continue
        later = _after(since, told[at])
        strangers = {word for line in later for word in words(line)} & (fitting - near)
        if len(near) > 1 or strangers or any(_A_NAME.search(line) for line in later):
            return None
        verb = f" has {found['did']} " if found["did"] else " is " if found["is"] else " "
        rest = plain[found.end() :]
        joint = "" if rest.startswith("'") else verb
        return at, f"my {near.pop()}{joint}{rest}"
    return None


def _after(lines: Sequence[str], told: str) -> Sequence[str]:
    """Those of some lines that came after the one that told this; all, where none did."""
    said = told.lower().rstrip(".! ")
    at = next((n for n in range(len(lines) - 1, -1, -1) if said in lines[n].lower()), -1)
    return lines[at + 1 :]


def is_of_other(question: str, said: str) -> bool:
    """Whether what was said is of another of theirs than a question names, or of a man where it
    points back to a woman, or the other way round."""
    if names_another(question, said):
        return True
    back = _BACK.search(question)
    if back is None:
        return False
    strange = HE_WORDS if back["she"] else SHE_WORDS
    return any(found["who"].lower() in strange for found in _OF_MINE.finditer(said))


def settles(question: str, said: str) -> bool:
    """Whether what they said answers a question that asks for a yes or a no of them: nearly all
    that it asks with is in it, for of an exam that they fear nobody knows whether they pass it."""
    if _DONE_TO_ME.search(question) and not _DONE_TO_ME.search(said):
        return False
    return holds_most(question, said)


def holds_most(question: str, said: str) -> bool:
    """Whether nearly all that a question asks with is in what was said."""
    asked = asked_with(question)
    missing = asked - meant(said)
    return bool(asked) and len(missing) <= len(asked) // 3
