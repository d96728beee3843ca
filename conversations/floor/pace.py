"""How fast a channel lives and how long its talk lasts: the director's constants, and the pure
formulas of time, energy and fairness that go with them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, fields
from random import Random
from typing import Any

from fishbowl.overrides import laid_over, setting


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a channel lives. Gaps are seconds, rests and lulls minutes, chances 0.0–1.0."""

    gap_low_s: float = setting(
        20, "The least pause before a character speaks.", least=0, most=86_400, unit="s"
    )
    gap_high_s: float = setting(
        90, "The longest pause before a character speaks.", least=0, most=86_400, unit="s"
    )
    typing_chars_per_s: float = setting(
        6, "How fast characters type.", least=0.1, most=10_000, unit="characters a second"
    )
    reply_chance: float = setting(
        0.35, "The chance that a character answers another.", least=0, most=1
    )
    chain_max: int = setting(
        3, "So many turns among characters, then they take leave.", least=1, most=1000
    )
    pair_rest_min: float = setting(
        360, "How long two rest from each other after such a chain.", least=0, most=1e6, unit="min"
    )
    leave_min: float = setting(
        45,
        "How long who took leave neither begins nor joins any talk, unless a person speaks, or "
        "fewer than three others are about.",
        least=0,
        most=1e6,
        unit="min",
    )
    lull_min: float = setting(
        20, "After so long without talk somebody may begin.", least=0.01, most=1e6, unit="min"
    )
    open_chance: float = setting(0.35, "The chance that somebody then begins.", least=0, most=1)
    energy_fall: float = setting(
        0.2, "What a character's turn takes from a conversation's energy.", least=0.001, most=1
    )
    battery_post: float = setting(
        0.05, "What beginning to talk costs of the social battery.", least=0, most=1
    )
    battery_reply: float = setting(
        0.02, "What answering costs of the social battery.", least=0, most=1
    )
    battery_per_min: float = setting(
        0.03, "What a minute's rest brings back of it.", least=0, most=1
    )
    daily_cap: int = setting(60, "Messages of one character in a day.", least=0, most=1_000_000)
    quiet_looks: int = setting(
        1, "Silences one after the other, until a talk is closed.", least=1, most=1000
    )
    threshold_scale: float = setting(
        1.0, "What the director's thresholds are multiplied by.", least=0, most=10
    )


# Calm is design section 3's; the others scale it.
PACES: dict[str, Pace] = {
    "calm": Pace(),
    "normal": Pace(
        gap_low_s=8,
        gap_high_s=30,
        typing_chars_per_s=9,
        reply_chance=0.65,
        chain_max=9,
        pair_rest_min=60,
        leave_min=15,
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
        leave_min=4,
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


@dataclass(frozen=True, slots=True)
class Rules:
    """Who speaks, and when nobody does: the director's constants."""

    threshold: float = setting(
        0.34, "A score below it is silence, when a character spoke last.", least=-10, most=10
    )
    threshold_for_people: float = setting(
        0.12, "The same, when a person spoke last.", least=-10, most=10
    )
    temperature: float = setting(
        0.12,
        "How much chance there is in the choice: little and the best score nearly always speaks.",
        least=0.001,
        most=100,
    )
    weight_relevance: float = setting(
        0.30, "How much it counts that the talk is of one's interests.", least=-10, most=10
    )
    weight_relationship: float = setting(
        0.16, "How much the bond with the last speaker counts.", least=-10, most=10
    )
    weight_talkativeness: float = setting(
        0.14, "How much one's talkativeness counts.", least=-10, most=10
    )
    weight_energy: float = setting(0.10, "How much one's energy counts.", least=-10, most=10)
    weight_rest: float = setting(
        0.08, "How much having been quiet for a while counts.", least=-10, most=10
    )
    weight_goal: float = setting(
        0.07, "How much it counts that the talk touches one's goals.", least=-10, most=10
    )
    weight_curiosity: float = setting(0.08, "How much an open question counts.", least=-10, most=10)
    weight_airtime: float = setting(
        0.25, "How much it counts to have had less, or more, than one's share.", least=-10, most=10
    )
    bonus_present: float = setting(
        0.10, "What having part in the talk already adds.", least=-10, most=10
    )
    bonus_addressed: float = setting(0.60, "What being spoken to adds.", least=-10, most=10)
    bonus_partner: float = setting(0.24, "What being answered adds.", least=-10, most=10)
    bonus_known: float = setting(
        0.3,
        "What having talked with them on another day adds, when a person speaks to nobody in"
        " particular.",
        least=-10,
        most=10,
    )
    crowd: int = setting(
        5, "So many characters in one talk are enough: others stay out of it.", least=1, most=1000
    )
    initiate_battery: float = setting(
        0.5, "Below this social battery a character begins no talk.", least=0, most=1
    )
    silent_battery: float = setting(
        0.3, "Below this social battery a character is silent.", least=0, most=1
    )
    farewell_energy: float = setting(
        0.2, "Below this energy of a conversation the next turn takes leave.", least=0, most=1
    )
    part_chance: float = setting(
        0.05,
        "The chance, at each line after the first six, that somebody takes leave for no reason.",
        least=0,
        most=1,
    )
    energy_start: float = setting(
        0.8, "The energy that a conversation begins with.", least=0, most=1
    )
    energy_person: float = setting(
        0.25, "What a person's message adds to a conversation's energy.", least=0, most=1
    )
    energy_novelty: float = setting(
        0.4, "The share of the fall of energy that something new takes away.", least=0, most=1
    )
    repetition_threshold: float = setting(
        0.86,
        "A line nearer than this to one of the 20 before it turns the talk to something else.",
        least=0,
        most=1,
    )
    busy_messages: int = setting(
        30,
        "People's messages in half an hour from which a channel is left to them.",
        least=1,
        most=1_000_000,
    )
    react_chance: float = setting(
        0.09, "The chance of an emoji in place of words.", least=0, most=1
    )
    addressed_reply_chance: float = setting(
        0.97, "The chance that one who is spoken to answers.", least=0, most=1
    )
    greet_chance: float = setting(0.9, "The chance that a newcomer is greeted.", least=0, most=1)
    person_wait_s: float = setting(
        1.2,
        "How long a person waits until somebody begins to answer.",
        least=0,
        most=3600,
        unit="s",
    )
    idle_close_min: float = setting(
        60.0, "After so long without a word a conversation closes.", least=1, most=1e6, unit="min"
    )
    time_scale: float = setting(
        1.0, "Stretches every pause and all typing; 0 does without.", least=0, most=1000
    )

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> Rules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value is no number or not a possible one.
        """
        return laid_over(cls, "director", overrides, of="the director")


def in_force(rules: Rules, pace: Pace) -> dict[str, Any]:
    """Every constant that a decision is made by, the defaults among them: they stand in the code,
    and the code may change before anybody asks why."""
    return {**flat(rules), "pace": flat(pace)}


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


def typing_time(text: str, pace: Pace, for_person: bool, rng: Random) -> float:
    """Seconds that typing `text` takes: at most 12, and at most 4 when a person waits for it."""
    seconds = 0.4 + len(text) / pace.typing_chars_per_s * rng.uniform(0.8, 1.2)
    return min(seconds, 4.0 if for_person else 12.0)


def slowed_for(spoke_at: dt.datetime | None, slow_mode_s: float, now: dt.datetime) -> float:
    """Seconds until somebody who spoke then may speak again in a channel of slow mode."""
    if spoke_at is None or not slow_mode_s:
        return 0.0
    return max(0.0, slow_mode_s - (now - spoke_at).total_seconds())


def energy_after_character(energy: float, novelty: float, pace: Pace, rules: Rules) -> float:
    """A conversation's energy after a character's turn.

    It always falls, by at least .6 of the pace's fall, so that no talk among characters goes on
    forever; novelty (0.0–1.0, distance from what was said) only slows the fall.
    """
    fall = pace.energy_fall * (1 - rules.energy_novelty * min(max(novelty, 0), 1))
    return max(0.0, energy - max(fall, 0.6 * pace.energy_fall))


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
