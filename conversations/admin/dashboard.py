"""The desk's first page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from audit.models import SecurityEvent
from characters.admin.acts import acts
from characters.admin.waiting import waiting, waits_for_keeper
from characters.models import SelfModification
from conversations.community import customs
from conversations.desk import glance
from conversations.models import Channel, Delivery
from conversations.services import local_community
from fishbowl import charts
from memories.models import HygieneFinding

waits_for_keeper(
    "Deliveries given up", Delivery, {"status": Delivery.Status.FAILED}, icon="outbox",
    is_urgent=True,
)  # fmt: skip
waits_for_keeper(
    "Changes that characters ask for", SelfModification,
    {"status": SelfModification.Status.PROPOSED}, icon="how_to_vote",
)  # fmt: skip
waits_for_keeper(
    "Grave security events", SecurityEvent,
    {"resolved": False, "severity__in": ["high", "critical"]}, icon="shield", is_urgent=True,
)  # fmt: skip
waits_for_keeper("Channels at rest", Channel, {"is_paused": True}, icon="meeting_room")
waits_for_keeper(
    "Memories that an audit set aside", HygieneFinding, {"reverted_at__isnull": True},
    icon="search_check",
)  # fmt: skip


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What the first page is given (UNFOLD's DASHBOARD_CALLBACK)."""
    now = glance(timezone.now())
    spent = "calls a day" if now.is_free else "US dollars a day"
    return {
        **context,
        "glance": now,
        "talk_chart": charts.bars(now.per_hour, "Talk by the hour", "lines"),
        "cost_chart": charts.bars(now.per_day, f"Spent, in {spent}", "" if now.is_free else "$"),
        "health_charts": customs.health_charts(local_community().pk),
        "acts": acts(request),
        "waiting": waiting(request),
    }
