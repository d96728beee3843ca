"""Which way a stretch of life pulls a character's traits, and why. Pure; `characters.drift` holds
how far it may go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from memories.reflection.aims import Step
from memories.reflection.life import Life

LEAST = 0.003  # a smaller pull is none
MOST_TRAITS = 2  # that move in one reflection
FEWEST = 10  # of anything that is counted


@dataclass(frozen=True, slots=True)
class Pull:
    """A trait, how far it is pulled, and by what."""

    trait: str
    by: float
    reason: str


def pulls(life: Life, steps: Sequence[Step], scale: float) -> list[Pull]:
    """The strongest pulls of this stretch of life; none without a cause in it."""
    found = [_company(life), _strain(life), _tone(life), _reach(life), _effort(life, steps)]
    strong = [
        Pull(pull.trait, round(pull.by * scale, 4), pull.reason)
        for pull in found
        if pull is not None and abs(pull.by * scale) >= LEAST
    ]
    return sorted(strong, key=lambda pull: (-abs(pull.by), pull.trait))[:MOST_TRAITS]


def _company(life: Life) -> Pull | None:
    """Company that does it good draws it out, company that doesn't draws it in."""
    moves = [sway.delta for sway in life.sways if sway.who not in (None, life.me)]
    if len(moves) < FEWEST:
        return None
    net = sum(moves)
    does = "lifted" if net > 0 else "lowered"
    return Pull(
        "extraversion",
        0.012 * math.tanh(net),
        f"Company {does} the mood by {abs(net):.2f} in {len(moves)} moments.",
    )


def _strain(life: Life) -> Pull | None:
    """Much that hurts makes it more easily hurt; much that soothes, less."""
    moves = [sway.delta for sway in life.sways]
    hurt = sum(delta < -0.02 for delta in moves)
    soothed = sum(delta > 0.02 for delta in moves)
    if hurt + soothed < FEWEST:
        return None
    share = (hurt - soothed) / (hurt + soothed)
    return Pull(
        "neuroticism", 0.012 * share, f"{hurt} things hurt and {soothed} did good in this time."
    )


def _tone(life: Life) -> Pull | None:
    """Who speaks more kindly than the others becomes kinder."""
    mine = [line.tone for line in life.lines if line.who == life.me]
    theirs = [line.tone for line in life.lines if line.who != life.me]
    if len(mine) < FEWEST or len(theirs) < FEWEST:
        return None
    apart = sum(mine) / len(mine) - sum(theirs) / len(theirs)
    how = "more kindly" if apart > 0 else "more sharply"
    return Pull(
        "agreeableness",
        max(-0.012, min(0.012, 0.1 * apart)),
        f"{life.name} spoke {how} than the others, in {len(mine)} lines.",
    )


def _reach(life: Life) -> Pull | None:
    """Talk of what was foreign to it opens it."""
    spoke = {line.topic.lower() for line in life.lines if line.who == life.me and line.topic}
    new = sorted(spoke - {topic.lower() for topic in life.interests})
    share = len(new) / max(1, len(spoke))
    if len(spoke) < 4 or share <= 0.5:
        return None
    return Pull(
        "openness",
        0.02 * (share - 0.5),
        f"{len(new)} of the {len(spoke)} subjects {life.name} spoke on were none of its own.",
    )


def _effort(life: Life, steps: Sequence[Step]) -> Pull | None:
    """Goals that come on steady it; goals that are dropped unsettle it."""
    moved = [step for step in steps if step.progress > step.aim.progress]
    dropped = [step for step in steps if step.status == "dropped"]
    if not moved and not dropped:
        return None
    return Pull(
        "conscientiousness",
        max(-0.01, min(0.01, 0.004 * len(moved) - 0.005 * len(dropped))),
        " ".join(
            [
                *(f"It came closer to {_named(step)}" for step in moved[:1]),
                *(f"It gave up {_named(step)}" for step in dropped[:1]),
            ]
        ),
    )


def _named(step: Step) -> str:
    """A goal in the reason for a change, which everybody may hear: one that a keeper set. What it
    came to want itself may quote what was said to few."""
    is_keepers = step.aim.origin == "keeper"
    return f"this: {step.aim.description}" if is_keepers else "something it wanted."
