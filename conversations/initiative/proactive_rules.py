"""When characters come to people of their own accord: the constants that a keeper may change, in
the section `proactive` of the versioned configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.configuration import configuration
from fishbowl.overrides import laid_over, setting


@dataclass(frozen=True, slots=True)
class ProactiveRules:
    """When characters come to people unasked."""

    follow_ups: bool = setting(
        True, "Whether characters ask after what somebody said would happen."
    )
    absences: bool = setting(True, "Whether characters ask after somebody who stays away.")
    anniversaries: bool = setting(True, "Whether characters remember the day they met somebody.")
    absence_days: float = setting(
        5, "Out of sight for so long, somebody may be missed.", least=1, most=3650, unit="days"
    )
    absence_times_usual: float = setting(
        3, "And for so many times as long as they usually are.", least=1, most=100
    )
    regular_days: float = setting(
        4, "Missed is who came on so many days...", least=1, most=365, unit="days"
    )
    regular_within_days: float = setting(
        45, "...of the last so many before they stayed away.", least=1, most=3650, unit="days"
    )
    absence_score: float = setting(20, "And whom somebody knows so well.", least=0, most=100)
    anniversary_score: float = setting(
        20, "An anniversary needs a bond as good as this.", least=0, most=100
    )
    rest_hours: float = setting(
        20, "Between two words unasked to one person.", least=0, most=8760, unit="hours"
    )
    late_hours: float = setting(
        2, "What is so late comes with one turn for all of it.", least=0.1, most=8760, unit="hours"
    )
    follow_up_stale_hours: float = setting(
        72, "A follow-up later than this isn't said any more.", least=1, most=8760, unit="hours"
    )
    absence_stale_hours: float = setting(
        96,
        "A word after an absence later than this isn't said any more.",
        least=1,
        most=8760,
        unit="hours",
    )
    anniversary_stale_hours: float = setting(
        20,
        "An anniversary later than this isn't spoken of any more.",
        least=1,
        most=8760,
        unit="hours",
    )
    birthday_stale_hours: float = setting(
        20, "A birthday later than this isn't spoken of any more.", least=1, most=8760, unit="hours"
    )

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> ProactiveRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value isn't a possible one.
        """
        return laid_over(cls, "proactive", overrides, of="coming to people")


PROACTIVE = configuration.declare("proactive", ProactiveRules(), title="coming to people")


def in_force() -> ProactiveRules:
    """The rules as keepers have set them, at most a second old."""
    return configuration.in_force(PROACTIVE)
