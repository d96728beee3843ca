"""How characters come to think, know and share: the constants that a keeper may change, in the
section `outlook` of the versioned configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit import configuration
from fishbowl.overrides import laid_over

LIMITS: dict[str, tuple[float, float]] = {
    "passing_days": (1, 3650),
    "areas_most": (0, 200),
    "shared_by": (2, 100),
    "shared_kept": (0, 50),
    "shared_from": (1, 100),
    "habits_from": (0, 1),
    "habits_weight": (0, 1),
    "views_told": (0, 10),
    "analytics_every": (10, 10_000),
    "turn_depth": (0, 3),
}


@dataclass(frozen=True, slots=True)
class OutlookRules:
    """The constants. Every one can be changed in versioned configuration."""

    passing_days: float = 30  # what came up too rarely to form an opinion is out of mind after
    areas_most: float = 24  # areas that a character knows by talk alone
    shared_by: float = 3  # so many have used it at most, or it is everybody's
    shared_kept: float = 12  # of one bond
    shared_from: float = 2  # times that two came back to it, until they may allude to it
    habits_from: float = 0.35  # how sure one must be of a person's manner to go by it
    habits_weight: float = 0.6  # how far a character bends its own manner to it
    views_told: float = 3  # opinions before a speaker's mind
    analytics_every: float = 60  # messages of a long conversation between two looks at it
    turn_depth: float = 0.6  # in standard deviations: how deep a dip of likeness turns the topic

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> OutlookRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value is no number or not a possible one.
        """
        return laid_over(cls, "outlook", overrides, of="outlook", limits=LIMITS)


def in_force() -> OutlookRules:
    """The rules as keepers have set them, at most a second old."""
    return OutlookRules.from_configuration(configuration.section("outlook"))


configuration.register_check("outlook", OutlookRules.from_configuration)
