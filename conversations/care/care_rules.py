"""What keepers set for people's good: where to turn in danger, and when somebody leans too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from audit.configuration.configuration import declare
from audit.configuration.configuration import in_force as rules_in_force
from fishbowl.overrides import laid_over, setting

RESOURCES = (
    "I'm an AI and can't keep you safe, but people can. If you might act on it, or somebody is in "
    "danger now, call your local emergency number. A crisis line can listen at any hour: "
    "findahelpline.com lists those of your country. And please tell one person near you, tonight."
)


@dataclass(frozen=True, slots=True)
class CareRules:
    """For the good of the people who come here (docs/care.md)."""

    resources: str = setting(
        RESOURCES,
        "What somebody is told who may be in danger: where to turn. Write numbers only that you "
        "have called yourself.",
    )
    resources_by_place: tuple[str, ...] = setting(
        (),
        "The same for people of some places, by the time zone that they have told or how it "
        "begins: 'Europe/Oslo: …'. The longest that fits is said.",
    )
    hush_min: float = setting(
        15.0,
        "After somebody seemed in danger, characters don't chat among themselves there for so "
        "long.",
        least=0,
        most=1440,
        unit="min",
    )
    reliance: bool = setting(
        True, "Whether it is counted how much of their days people spend here."
    )
    reliance_high: float = setting(
        0.5, "From this level on characters hold back and point to other people.", least=0, most=1
    )
    inertia: float = setting(
        0.35, "How far one day moves the level towards its own score.", least=0.01, most=1
    )
    reliance_days: float = setting(
        3.0, "So long a level holds after the last day they wrote.", least=1, most=60, unit="days"
    )
    messages_from: float = setting(40, "Messages of a day that begin to count.", least=0, most=1e5)
    messages_to: float = setting(200, "And that count in full.", least=1, most=1e5)
    hours_from: float = setting(
        3, "Hours of a day with messages that begin to count.", least=0, most=24
    )
    hours_to: float = setting(9, "And that count in full.", least=1, most=24)
    late_to: float = setting(20, "Messages after midnight that count in full.", least=1, most=1e4)
    streak_from: float = setting(7, "Days in a row that begin to count.", least=0, most=3650)
    streak_to: float = setting(30, "And that count in full.", least=1, most=3650)
    clinging_to: float = setting(
        3,
        "Times they said that characters are all they have, that count in full.",
        least=1,
        most=100,
    )
    agreement_high: float = setting(
        0.8,
        "A character that agrees to such a share is told to keep its own mind.",
        least=0,
        most=1,
    )
    agreement_answers: int = setting(12, "But not before so many answers.", least=1, most=10_000)
    agreement_days: float = setting(
        14.0, "Answers of so many days count.", least=1, most=365, unit="days"
    )

    def told_at(self, timezone: str) -> str:
        """What somebody is told whose clock stands in this zone; empty for one not known."""
        fits = [one for one in self.resources_by_place if timezone and _begins(timezone, one)]
        best = max(fits, key=lambda one: len(one.partition(":")[0]), default="")
        return best.partition(":")[2].strip() or self.resources


def _begins(timezone: str, entry: str) -> bool:
    place = entry.partition(":")[0].strip().casefold()
    zone = timezone.casefold()
    return zone == place or zone.startswith(f"{place.rstrip('/')}/")


@cache
def _zones() -> tuple[frozenset[str], frozenset[str]]:
    """Every time zone, and what their names begin with: many files are read for it."""
    zones = frozenset(zone.casefold() for zone in available_timezones())
    return zones, frozenset(
        zone[:at] for zone in zones for at, mark in enumerate(zone) if mark == "/"
    )


def _built(values: Mapping[str, Any]) -> CareRules:
    """The rules, where each place is one and says something.

    Raises:
        ValueError: a value isn't a possible one.
    """
    rules = laid_over(CareRules, "care", values, of="people's good")
    if not rules.resources.strip():
        raise ValueError("care.resources must say where somebody in danger can turn.")
    zones, areas = _zones() if rules.resources_by_place else (frozenset(), frozenset())
    for entry in rules.resources_by_place:
        place, _, text = entry.partition(":")
        if place.strip().rstrip("/").casefold() not in zones | areas or not text.strip():
            raise ValueError(
                f"care.resources_by_place can't hold {entry[:60]!r}: write a time zone or how it "
                "begins, a colon and the text, such as 'Europe/Oslo: Call …'."
            )
    return rules


CARE = declare(
    "care",
    CareRules(),
    title="people's good",
    scopes=("community", "channel"),
    build=_built,
)


def in_force(community: int | None = None, channel: int | None = None) -> CareRules:
    """The rules as keepers have set them, at most a second old."""
    return rules_in_force(CARE, community=community, channel=channel)
