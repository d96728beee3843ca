"""What holds in a community already: whether a proposal only says it again, or would end it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from characters.models import Community
from conversations.community.community_rules import in_force
from conversations.models import Proposal, ScheduledEvent
from fishbowl.llm.offline.proposing import ending
from fishbowl.llm.offline.text import content_stems
from memories.formation.echo import ECHO

LOOKED_AT = 200  # proposals that were kept
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_TIMES = frozenset(
    content_stems(
        "every each other second daily weekly monthly yearly annual day week month year weekday "
        f"morning afternoon evening night noon midnight {_DAYS} "
        + " ".join(f"{day}s" for day in _DAYS.split())
    )
)
# Words for whatever it is that is to end.
_THING = frozenset(
    content_stems("thing things tradition custom habit ritual norm rule idea plan whole business")
)


@dataclass(frozen=True, slots=True)
class Held:
    """Something that holds: a line of the lists, or a proposal that was kept, with its next
    date."""

    text: str
    proposal_id: int | None = None
    at: dt.datetime | None = None

    @property
    def stems(self) -> set[str]:
        """What its words mean, its times too."""
        return set(content_stems(self.text))


def held(community_id: int, now: dt.datetime) -> list[Held]:
    """What holds in a community: its lists, what has a date to come, and what was decided
    lately."""
    community = Community.objects.only("norms", "traditions").get(pk=community_id)
    found = [Held(text) for text in (*community.norms, *community.traditions)]
    dated = ScheduledEvent.objects.filter(
        proposal__community=community_id,
        proposal__status=Proposal.Status.KEPT,
        status=ScheduledEvent.Status.PENDING,
    ).order_by("trigger_at", "pk")[:LOOKED_AT]
    found += [
        Held(text, pk, at)
        for text, pk, at in dated.values_list("proposal__content", "proposal", "trigger_at")
    ]
    lately = Proposal.objects.filter(
        Q(kind=Proposal.Kind.DECISION),
        community=community_id,
        status=Proposal.Status.KEPT,
        decided_at__gt=now - dt.timedelta(days=in_force().lately_days),
    )[:LOOKED_AT]
    decided = lately.values_list("content", "pk")
    return found + [Held(text, pk) for text, pk in decided if not ending(text)]


def is_said_again(what: str, at: dt.datetime | None, standing: list[Held]) -> bool:
    """Whether a proposal asks for what holds anyway: the same thing, at no other time. `at` is the
    moment that it names, if it does."""
    asked = set(content_stems(what))
    return any(
        _share(asked - _TIMES, one.stems) >= ECHO
        and _share(one.stems - _TIMES, asked) >= ECHO
        and (asked & _TIMES <= one.stems or (at is not None and at == one.at))
        for one in standing
    )


def ended(what: str, standing: list[Held]) -> str:
    """The words of what a proposal would have be no more, of all that holds what it names best;
    empty where it names none of it."""
    named = set(content_stems(ending(what))) - _THING
    shares = [(_share(named, one.stems), one.text) for one in standing]
    share, text = max(shares, default=(0.0, ""))
    return text if share >= ECHO else ""


def _share(part: set[str], whole: set[str]) -> float:
    return len(part & whole) / len(part) if part else 0.0
