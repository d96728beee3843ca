"""When a character begins in its author's own words instead of asking its voice for some. Pure.

A talk may begin with each greeting once. Whoever comes in and is a stranger is greeted with the one
that was used least. Among several, those that are written for several come first.
"""

from __future__ import annotations

from dataclasses import dataclass

from fishbowl.llm.types import Brief
from fishbowl.macros import with_names

STRANGER = "Stranger"


@dataclass(frozen=True, slots=True)
class Opening:
    """A greeting, and the key by which its use is counted."""

    text: str
    key: str


def opening(brief: Brief) -> Opening | None:
    """The greeting to begin with; None where there is none that suits."""
    several = len(brief.listeners) > 1
    known = (*(brief.group_greetings if several else ()), *brief.greetings)
    if brief.move == "open":
        known = tuple((key, text) for key, text in known if not brief.spent.get(key))
    elif brief.move != "greet" or not _meets_a_stranger(brief):
        return None
    to = brief.addressee or next((one.name for one in brief.listeners), "")
    heard = {" ".join(line.text.split()) for line in brief.lines}
    for key, text in sorted(known, key=lambda one: brief.spent.get(one[0], 0)):
        said = with_names(text, user=to)
        if "{{user}}" in said.lower():  # nobody is there to be called so
            continue
        if " ".join(said.split()) not in heard:
            return Opening(said, key)
    return None


def _meets_a_stranger(brief: Brief) -> bool:
    return any(one.is_new and one.is_person and one.level == STRANGER for one in brief.listeners)
