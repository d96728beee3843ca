"""When characters come to people of their own accord: the constants that a keeper may change, in
the section `proactive` of the versioned configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit import configuration
from fishbowl.overrides import laid_over

LIMITS: dict[str, tuple[float, float]] = {
    "absence_days": (1, 3650),
    "absence_times_usual": (1, 100),
    "regular_days": (1, 365),
    "regular_within_days": (1, 3650),
    "absence_score": (0, 100),
    "anniversary_score": (0, 100),
    "rest_hours": (0, 8760),
    "late_hours": (0.1, 8760),
    "follow_up_stale_hours": (1, 8760),
    "absence_stale_hours": (1, 8760),
    "anniversary_stale_hours": (1, 8760),
    "birthday_stale_hours": (1, 8760),
}


@dataclass(frozen=True, slots=True)
class ProactiveRules:
    """The constants of coming to people unasked. Every one can be changed in configuration."""

    follow_ups: bool = True
    absences: bool = True
    anniversaries: bool = True
    absence_days: float = 5  # out of sight for so long, somebody may be missed
    absence_times_usual: float = 3  # and for so many times as long as they usually are
    regular_days: float = 4  # who came on so many days
    regular_within_days: float = 45  # of the last before they stayed away
    absence_score: float = 20  # and whom somebody knows so well (0–100)
    anniversary_score: float = 20
    rest_hours: float = 20  # between two such words to one person
    late_hours: float = 2  # what is so late comes with one turn for all of it
    follow_up_stale_hours: float = 72  # what is later than this isn't said any more
    absence_stale_hours: float = 96
    anniversary_stale_hours: float = 20
    birthday_stale_hours: float = 20

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> ProactiveRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value isn't a possible one.
        """
        return laid_over(cls, "proactive", overrides, of="coming to people", limits=LIMITS)


def in_force() -> ProactiveRules:
    """The rules as keepers have set them, at most a second old."""
    return ProactiveRules.from_configuration(configuration.section("proactive"))


configuration.register_check("proactive", ProactiveRules.from_configuration)
