"""How fast a channel lives and how long its talk lasts: the director's constants, and the pure
formulas of time, energy and fairness that go with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from random import Random
from typing import Any

from fishbowl.overrides import laid_over


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a channel lives. Gaps are seconds, rests and lulls minutes, chances 0.0–1.0."""

    gap_low_s: float
    gap_high_s: float
    typing_chars_per_s: float
    reply_chance: float
    chain_max: int
    pair_rest_min: float
    lull_min: float
    open_chance: float
    energy_fall: float
    battery_post: float
    battery_reply: float
    battery_per_min: float
    daily_cap: int
    quiet_looks: int
    threshold_scale: float


# Calm is design section 3's; the others scale it.
PACES: dict[str, Pace] = {
    "calm": Pace(
        gap_low_s=20,
        gap_high_s=90,
        typing_chars_per_s=6,
        reply_chance=0.35,
        chain_max=3,
        pair_rest_min=360,
        lull_min=20,
        open_chance=0.35,
        energy_fall=0.2,
        battery_post=0.05,
        battery_reply=0.02,
        battery_per_min=0.03,
        daily_cap=60,
        quiet_looks=1,
        threshold_scale=1.0,
    ),
    "normal": Pace(
        gap_low_s=8,
        gap_high_s=30,
        typing_chars_per_s=9,
        reply_chance=0.65,
        chain_max=9,
        pair_rest_min=60,
        lull_min=6,
        open_chance=0.6,
        energy_fall=0.07,
        battery_post=0.04,
        battery_reply=0.015,
        battery_per_min=0.06,
        daily_cap=250,
        quiet_looks=2,
        threshold_scale=0.85,
    ),
    "lively": Pace(
        gap_low_s=2,
        gap_high_s=6,
        typing_chars_per_s=16,
        reply_chance=0.94,
        chain_max=26,
        pair_rest_min=1.5,
        lull_min=0.25,
        open_chance=0.9,
        energy_fall=0.042,
        battery_post=0.03,
        battery_reply=0.01,
        battery_per_min=0.12,
        daily_cap=5000,
        quiet_looks=2,
        threshold_scale=0.6,
    ),
}


# What a setting may be set to, where not any number will do: the choice is divided by the
# temperature, and the others are chances, energies and lengths of time.
LIMITS: dict[str, tuple[float, float]] = {
    "temperature": (0.001, 100),
    "energy_start": (0, 1),
    "energy_person": (0, 1),
    "energy_novelty": (0, 1),
    "react_chance": (0, 1),
    "addressed_reply_chance": (0, 1),
    "greet_chance": (0, 1),
    "person_wait_s": (0, 3600),
    "idle_close_min": (1, 1e6),
    "time_scale": (0, 1000),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """The director's constants. Every one can be changed in versioned configuration."""

    threshold: float = 0.34
    threshold_for_people: float = 0.12
    temperature: float = 0.12
    weight_relevance: float = 0.30
    weight_relationship: float = 0.16
    weight_talkativeness: float = 0.14
    weight_energy: float = 0.10
    weight_rest: float = 0.08
    weight_goal: float = 0.07
    weight_curiosity: float = 0.08
    weight_airtime: float = 0.25
    bonus_present: float = 0.10
    bonus_addressed: float = 0.60
    bonus_partner: float = 0.24
    crowd: int = 5
    initiate_battery: float = 0.5
    silent_battery: float = 0.3
    farewell_energy: float = 0.2
    energy_start: float = 0.8
    energy_person: float = 0.25
    energy_novelty: float = 0.4
    repetition_threshold: float = 0.86
    busy_messages: int = 30
    react_chance: float = 0.09
    addressed_reply_chance: float = 0.97
    greet_chance: float = 0.9
    person_wait_s: float = 1.2
    idle_close_min: float = 60.0
    time_scale: float = 1.0

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> Rules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value is no number or not a possible one.
        """
        return laid_over(cls, "director", overrides, of="the director", limits=LIMITS)


def in_force(rules: Rules, pace_name: str) -> dict[str, Any]:
    """Every constant that a decision is made by, the defaults among them: they stand in the code,
    and the code may change before anybody asks why."""
    return {**flat(rules), "pace": flat(PACES[pace_name])}


def flat(facts: Any) -> dict[str, Any]:
    """A dataclass of plain values as a dictionary. `asdict` looks into each value, which for what
    is written with every decision took longer than deciding."""
    return {f.name: getattr(facts, f.name) for f in fields(facts)}


def as_in_force(stored: Mapping[str, Any]) -> tuple[Rules, Pace | None]:
    """The constants that `in_force` put down. Turns of the first version kept only what keepers
    had changed, and no pace.

    Raises:
        ValueError: they are of a version that decided by others.
    """
    if "pace" not in stored:
        return Rules.from_configuration(stored), None
    rules, pace = {k: v for k, v in stored.items() if k != "pace"}, stored["pace"]
    for kept, shape in ((rules, Rules), (pace, Pace)):
        if other := sorted(set(kept) ^ {f.name for f in fields(shape)}):
            raise ValueError(f"the rules are of another version ({', '.join(other)})")
    return Rules(**rules), Pace(**pace)


def typing_time(text: str, pace_name: str, for_person: bool, rng: Random) -> float:
    """Seconds that typing `text` takes: at most 12, and at most 4 when a person waits for it."""
    seconds = 0.4 + len(text) / PACES[pace_name].typing_chars_per_s * rng.uniform(0.8, 1.2)
    return min(seconds, 4.0 if for_person else 12.0)


def energy_after_character(energy: float, novelty: float, pace_name: str, rules: Rules) -> float:
    """A conversation's energy after a character's turn.

    It always falls, by at least .6 of the pace's fall, so that no talk among characters goes on
    forever; novelty (0.0–1.0, distance from what was said) only slows the fall.
    """
    fall = PACES[pace_name].energy_fall * (1 - rules.energy_novelty * min(max(novelty, 0), 1))
    return max(0.0, energy - max(fall, 0.6 * PACES[pace_name].energy_fall))


def energy_after_person(energy: float, rules: Rules) -> float:
    """A conversation's energy after a person spoke: people bring life."""
    return min(1.0, energy + rules.energy_person)


def airtime_gini(turns: list[int]) -> float:
    """Gini coefficient of turns a character, 0.0 (all alike) to 1.0 (one has them all).

    Source: G = Σ_i (2i − n − 1) x_i / (n Σ x), x ascending.
    """
    n, whole = len(turns), sum(turns)
    if n == 0 or whole == 0:
        return 0.0
    return sum((2 * i - n - 1) * x for i, x in enumerate(sorted(turns), 1)) / (n * whole)
