"""When characters reflect, and what of it is kept: the constants that a keeper may change, in the
section `reflection` of the versioned configuration."""

from __future__ import annotations

from dataclasses import dataclass

from audit.configuration.configuration import declare
from audit.configuration.configuration import in_force as as_set
from fishbowl.overrides import setting


@dataclass(frozen=True, slots=True)
class ReflectionRules:
    """When characters think things over, and what of it is kept."""

    threshold: float = setting(
        150.0, "The importance of new memories from which a character reflects.", least=1, most=1e6
    )
    rest_hours: float = setting(
        3.0, "Between two reflections, however much gathers.", least=0, most=1000, unit="hours"
    )
    interval_hours: float = setting(
        24.0, "After so long it reflects on whatever there is.", least=1, most=1e4, unit="hours"
    )
    strong_importance: float = setting(
        9.0, "One new memory as important as this is reason enough.", least=1, most=10.1
    )
    looks_back_days: float = setting(
        7.0, "How far back the first reflection looks.", least=0.1, most=365, unit="days"
    )
    confident_from: float = setting(
        0.6, "Confidence from which an insight is kept.", least=0.6, most=1
    )
    important_from: float = setting(
        4.0, "Importance from which an insight is kept.", least=4, most=10
    )
    same_insight: float = setting(
        0.93, "Likeness from which two insights say the same.", least=0.5, most=1
    )
    most_insights: float = setting(5, "Insights of one reflection.", least=0, most=50)
    surface_chance: float = setting(
        0.08, "Share of turns in which an insight may come up unasked.", least=0, most=0.1
    )
    surface_rest_hours: float = setting(
        18.0, "Before the same insight comes up again.", least=0, most=1e4, unit="hours"
    )
    goals_open: float = setting(
        6, "Goals of its own that a character has at a time.", least=0, most=50
    )
    goal_step: float = setting(
        0.1, "What a day of talk moves a goal, less the further it is.", least=0, most=1
    )
    goal_drop_days: float = setting(
        5, "After so long without evidence its own goals are given up.", least=1, most=3650
    )
    drift_scale: float = setting(
        1.0, "How far what it lives through pulls a character's traits.", least=0, most=1
    )
    diary_from: float = setting(
        20, "The hour from which the day is written down, where it lives.", least=12, most=23
    )
    dream_from: float = setting(
        2, "The hour from which it dreams, where it lives.", least=0, most=11
    )
    rich_day: float = setting(0.35, "How rich a day must be for a page.", least=0, most=1)
    rich_dream: float = setting(0.45, "How rich a day must be for a dream.", least=0, most=1)
    mood_weight: float = setting(
        0.15, "The most that a page or a dream moves the mood.", least=0, most=0.2
    )


# Not for a community: when a character reflects, it does so on all of them.
REFLECTION = declare("reflection", ReflectionRules(), title="reflection", scopes=("character",))


def in_force(character_id: int | None = None) -> ReflectionRules:
    """The rules as keepers have set them, at most a second old."""
    return as_set(REFLECTION, character=character_id)
