"""Whether a talk moves somebody to make something, who is asked to join, and what is taken in: the
constants that a keeper may change (section `works`), and the pure formulas that go with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from audit.configuration import configuration
from audit.configuration.sections import declare
from fishbowl.llm.offline.text import content_stems
from fishbowl.overrides import setting

KINDS = ("poem", "story", "song", "letter", "essay")
PIECES = {"poem": 3, "song": 3, "story": 4, "letter": 2, "essay": 3}


@dataclass(frozen=True, slots=True)
class WorkRules:
    """What characters make together, and when."""

    on: bool = setting(True, "Whether characters make things.")
    richness_from: float = setting(0.5, "How rich a talk must be to begin one.", least=0, most=1)
    chance: float = setting(0.5, "How often a rich talk begins one.", least=0, most=1)
    rest_days: float = setting(2.0, "Between two works of one starter.", least=0, most=365)
    most_open: int = setting(2, "Works that one character may be at.", least=1, most=50)
    contribute_hours: float = setting(4.0, "Between two pieces by one hand.", least=0, most=8760)
    invite_score: float = setting(15.0, "How well one must know whom one asks.", least=0, most=100)
    accept_from: float = setting(0.35, "How willing one must be to join.", least=0, most=1)
    same_from: float = setting(0.6, "Share of words that makes a repeat.", least=0, most=1)
    answer_days: float = setting(3.0, "After which silence is a no.", least=0, most=365)
    stale_days: float = setting(10.0, "After which a work is let be.", least=1, most=3650)
    shown_days: float = setting(7.0, "For how long a finished one is spoken of.", least=0, most=365)


WORKS = declare("works", WorkRules(), title="works")


def in_force() -> WorkRules:
    """The rules as keepers have set them, at most a second old."""
    return configuration.in_force(WORKS)


def richness(nearness: float, lines: Sequence[str], speakers: int) -> float:
    """How much a talk gives somebody to make something of, 0.0–1.0: how near it came to what they
    care about (cosine), how long it was, how many spoke, and how little it repeats itself. Pure."""
    stems = [stem for line in lines for stem in set(content_stems(line))]
    variety = len(set(stems)) / len(stems) if stems else 0.0
    return round(
        0.4 * min(1.0, max(0.0, nearness) / 0.5)
        + 0.25 * min(1.0, len(lines) / 12)
        + 0.15 * min(1.0, speakers / 3)
        + 0.2 * variety,
        4,
    )


def begins(rich: float, openness: float, rules: WorkRules, rng: Random) -> bool:
    """Whether a talk so rich moves one so open to begin."""
    return rich >= rules.richness_from and rng.random() < rules.chance * (0.5 + openness)


def kind_for(verbosity: float, openness: float, is_with_others: bool, rng: Random) -> str:
    """What sort of work one like this makes: the wordy tell, the open sing."""
    weights = {
        "poem": 0.6 + openness,
        "song": 0.3 + openness,
        "story": 0.3 + 1.4 * verbosity,
        "letter": 0.5 if is_with_others else 0.0,
        "essay": 0.2 + verbosity * (1 - openness),
    }
    return rng.choices(KINDS, [weights[kind] for kind in KINDS])[0]


def willingness(bond: float, nearness: float, energy: float) -> float:
    """How willing one is to join another's work, 0.0–1.0: how it stands to them (0–100), how near
    the theme is to what it cares about (cosine), and its energy. Pure."""
    near = min(1.0, max(0.0, nearness) / 0.5)
    return 0.5 * min(1.0, max(0.0, bond) / 60) + 0.3 * near + 0.2 * energy


def answer_words(is_yes: bool, bond: float, nearness: float, energy: float) -> str:
    """Why somebody joins, or doesn't, by what weighed most. Pure."""
    if is_yes:
        return "It is close to their heart." if nearness >= 0.3 else "They like who asked."
    if energy < 0.3:
        return "They are too tired for it."
    return "They hardly know who asked." if bond < 15 else "It says nothing to them."


def judged(text: str, so_far: str, bond: float, is_own: bool, rules: WorkRules) -> tuple[bool, str]:
    """Whether the starter takes a piece in, and why. Pure."""
    words = set(content_stems(text))
    if len(words) < 3:
        return False, "There is too little in it."
    if len(words & set(content_stems(so_far))) / len(words) >= rules.same_from:
        return False, "It says again what stands there."
    if is_own:
        return True, "Their own."
    if bond < 5:
        return False, "They don't want it from them."
    return True, "It belongs there."
