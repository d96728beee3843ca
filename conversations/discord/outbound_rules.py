"""How what characters say goes out to Discord: settings of the section `discord_outbound`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit import configuration
from fishbowl.overrides import laid_over

SECTION = "discord_outbound"

CHOICES: dict[str, tuple[str, ...]] = {
    "mentions": ("none", "people"),
    "quotes": ("always", "apart", "never"),
}
LIMITS: dict[str, tuple[float, float]] = {
    "stale_min": (0.5, 24 * 60),
    "stale_answer_min": (0.5, 24 * 60),
    "late_s": (5, 3600),
    "late_most": (1, 1000),
}


@dataclass(frozen=True, slots=True)
class OutboundRules:
    """Why each default is what it is: docs/decisions/0013.

    `mentions`: whether an @name of a person rings them ("people"); roles and everyone never ring.
    A community may have a choice of its own in its settings, as `mentions`.
    `quotes`: whether a line above an answer tells what it answers: always, where something was
    said in between ("apart"), or never.
    What could not be sent for `stale_min` is not said any more, an answer to a person not after
    `stale_answer_min`. Of what is later than `late_s`, the last `late_most` of a channel are said.
    """

    mentions: str = "none"
    quotes: str = "always"
    stale_min: float = 15.0
    stale_answer_min: float = 120.0
    late_s: float = 60.0
    late_most: int = 6

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> OutboundRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value isn't a possible one.
        """
        return laid_over(
            cls,
            SECTION,
            overrides,
            of="what is sent to Discord",
            limits=LIMITS,
            choices=CHOICES,
            whole=("late_most",),
        )


def in_force() -> OutboundRules:
    """The settings as they stand, at most a second old."""
    return OutboundRules.from_configuration(configuration.section(SECTION))
