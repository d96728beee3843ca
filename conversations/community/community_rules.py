"""When a community has decided: the constants that a keeper may change, in the section `community`
of the versioned configuration, and the decision itself, which is pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from audit.configuration import configuration
from fishbowl.overrides import laid_over, setting


@dataclass(frozen=True, slots=True)
class CommunityRules:
    """What communities decide together, and how."""

    proposals: bool = setting(True, "Whether what is proposed in talk is taken up at all.")
    talk_minutes: float = setting(
        10, "A proposal is talked over for so long at least.", least=0, most=10_080, unit="minutes"
    )
    open_hours: float = setting(
        48, "What isn't decided by then is dropped.", least=0.1, most=8760, unit="hours"
    )
    quorum: float = setting(
        0.5, "Share of those who were there that must have a say.", least=0, most=1
    )
    least_for: float = setting(2, "So many must be for it, the proposer too.", least=1, most=1000)
    lately_days: float = setting(
        7, "So long what was decided is spoken of as news.", least=0, most=3650, unit="days"
    )
    propose_days: float = setting(
        2, "Between two proposals that the offline voice makes.", least=0, most=3650, unit="days"
    )
    most_kept: float = setting(
        40, "So many norms, and traditions, a community has at most.", least=1, most=1000
    )
    health_days: float = setting(
        60, "So far back days without figures are made up for.", least=1, most=3650, unit="days"
    )

    @classmethod
    def from_configuration(cls, overrides: Mapping[str, Any]) -> CommunityRules:
        """The defaults with `overrides` laid over them.

        Raises:
            ValueError: a name is unknown, or a value isn't a possible one.
        """
        return laid_over(cls, "community", overrides, of="communities")


COMMUNITY = configuration.declare("community", CommunityRules(), title="communities")


def in_force() -> CommunityRules:
    """The rules as keepers have set them, at most a second old."""
    return configuration.in_force(COMMUNITY)


Outcome = Literal["open", "kept", "dropped"]


def decide(
    votes_for: int, votes_against: int, present: int, age: dt.timedelta, rules: CommunityRules
) -> Outcome:
    """What became of a proposal by now: a simple majority of a quorum of those who were there,
    once there was time to talk; at once where all have spoken. A tie waits; what nobody carried
    in time is dropped."""
    voted = votes_for + votes_against
    carried = votes_for > votes_against and votes_for >= rules.least_for
    if voted >= max(present, rules.least_for) and votes_for != votes_against:
        return "kept" if carried else "dropped"
    if age < dt.timedelta(minutes=rules.talk_minutes):
        return "open"
    if voted >= max(rules.least_for, math.ceil(rules.quorum * present)):
        if carried:
            return "kept"
        if votes_against > votes_for:
            return "dropped"
    return "open" if age < dt.timedelta(hours=rules.open_hours) else "dropped"
