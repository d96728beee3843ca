"""What happens once between two: levels reached, a hundred exchanges, a first confidence, a quarrel
and its end; and what each unlocks from then on. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from characters.relationship import Bond, rank

HUNDRED = 100
COLD = 0.25  # affection or trust under which one has fallen out with somebody


@dataclass(frozen=True, slots=True)
class Milestone:
    """`cause` says in words what has happened, `unlocks` what it brings into what is said from then
    on: a tone, a topic or a trait; empty: nothing but the memory of it."""

    cause: str
    unlocks: str = ""


MILESTONES: dict[str, Milestone] = {
    "acquaintance": Milestone("they are no strangers any more"),
    "friend": Milestone("they have become friends", "you may tease them, and they you"),
    "good_friend": Milestone(
        "they have become good friends", "you may ask after what weighs on them"
    ),
    "close_friend": Milestone(
        "they have become close friends",
        "with them you are softer than with others, and need not hide it",
    ),
    "hundred_exchanges": Milestone(
        "they have had a hundred exchanges",
        "you two have a long talk behind you and may come back to old matters",
    ),
    "first_confidence": Milestone(
        "something was told in confidence for the first time",
        "they know something of you that others don't, and you may come back to it",
    ),
    "fallen_out": Milestone("they have fallen out"),
    "reconciliation": Milestone(
        "they made it up after a quarrel",
        "you two fell out once and made it up, and are the more careful with each other",
    ),
}
_BY_RANK = ("", "acquaintance", "friend", "good_friend", "close_friend")
# Those that are a step of a character's own timeline, too: it has come closer, or grown apart.
OF_A_LIFE = frozenset({*_BY_RANK[1:], "fallen_out", "reconciliation"})


def reached(
    had: Collection[str],
    before: Bond,
    after: Bond,
    *,
    level_before: str,
    level_after: str,
    exchanges: int,
) -> tuple[str, ...]:
    """The milestones that an exchange has brought for the first time, in the order of life."""
    found = []
    if rank(level_after) > rank(level_before):
        found.append(_BY_RANK[rank(level_after)])
    if exchanges >= HUNDRED:
        found.append("hundred_exchanges")
    if min(after.trust, after.affection) < COLD <= min(before.trust, before.affection):
        found.append("fallen_out")
    return tuple(name for name in found if name not in had)


def unlocked(had: Collection[str]) -> tuple[str, ...]:
    """What the milestones of a bond have unlocked, in words."""
    return tuple(one.unlocks for name, one in MILESTONES.items() if name in had and one.unlocks)
