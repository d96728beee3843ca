"""How characters come to think, know and share: the constants that a keeper may change, in the
section `outlook` of the versioned configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.configuration import configuration
from fishbowl.overrides import laid_over, setting


@dataclass(frozen=True, slots=True)
class OutlookRules:
    """How opinions, knowledge and manners come of talk."""

    passing_days: float = setting(
        30,
        "After so long out of talk, what made no opinion is out of mind.",
        least=1,
        most=3650,
        unit="days",
    )
    areas_most: float = setting(
        24, "So many areas of knowledge a character has by talk alone.", least=0, most=200
    )
    shared_by: float = setting(
        3,
        "Used by more than so many, an expression is everybody's and nobody's reference.",
        least=2,
        most=100,
    )
    shared_kept: float = setting(
        12, "So many shared references are kept of one bond.", least=0, most=50
    )
    shared_from: float = setting(
        2,
        "So many times two must come back to something until they may allude to it.",
        least=1,
        most=100,
    )
    habits_from: float = setting(
        0.35, "How sure a character must be of a person's manner to go by it.", least=0, most=1
    )
    habits_weight: float = setting(
        0.6, "How far a character bends its own manner to a person's.", least=0, most=1
    )
    views_told: float = setting(
        3, "So many opinions stand before a speaker's mind.", least=0, most=10
    )
    analytics_every: float = setting(
        60, "Messages of a long conversation between two looks at it.", least=10, most=10000
    )
    turn_depth: float = setting(
        0.6, "How deep a dip of likeness turns the topic, in standard deviations.", least=0, most=3
    )

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> OutlookRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value is no number or not a possible one.
        """
        return laid_over(cls, "outlook", overrides, of="outlook")


OUTLOOK = configuration.declare("outlook", OutlookRules(), title="outlook")


def in_force() -> OutlookRules:
    """The rules as keepers have set them, at most a second old."""
    return configuration.in_force(OUTLOOK)
