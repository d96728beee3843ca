"""What the keeper's desk shows at a glance. Only reads, and reads little."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Q
from django.db.models.functions import TruncHour
from django.utils import timezone

from audit.calls import costs, ledger
from audit.configuration import configuration
from audit.models import LLMCall
from characters.models import Character
from conversations.models import Conversation, Message
from fishbowl.charts import Point

HOURS = 24
DAYS = 14


@dataclass(frozen=True, slots=True)
class Glance:
    """How the society stands."""

    is_paused: bool
    voice: str
    active: int
    resting: int
    talks: int
    lines_of_characters: int
    lines_of_people: int
    per_hour: list[Point]
    usd_today: float
    tokens_today: int
    per_day: list[Point]
    is_free: bool
    by_purpose: list[costs.Cost]
    failed_calls: int


def glance(now: dt.datetime) -> Glance:
    """How the society stands now."""
    counts = Character.objects.filter(is_template=False).aggregate(
        active=Count("pk", filter=Q(status=Character.Status.ACTIVE)),
        resting=Count("pk", filter=Q(status=Character.Status.PAUSED)),
    )
    since = now - dt.timedelta(hours=HOURS)
    said = list(
        Message.objects.filter(created_at__gt=since, deleted_at__isnull=True)
        .annotate(hour=TruncHour("created_at"))
        .order_by()
        .values_list("hour")
        .annotate(of_characters=Count("character"), of_people=Count("person"))
    )
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    days = costs.by_day(midnight - dt.timedelta(days=DAYS - 1))
    today = {day.label: day for day in days}.get(f"{midnight:%Y-%m-%d}")
    is_free = ledger.is_offline() and not any(day.usd for day in days)
    return Glance(
        is_paused=configuration.is_society_paused(),
        voice=ledger.voice_name(),
        active=counts["active"],
        resting=counts["resting"],
        talks=Conversation.objects.open().count(),
        lines_of_characters=sum(characters for _, characters, _ in said),
        lines_of_people=sum(people for *_, people in said),
        per_hour=talk_by_hour({hour: one + other for hour, one, other in said}, now),
        usd_today=float(today.usd) if today else 0.0,
        tokens_today=today.tokens if today else 0,
        per_day=_spent(days, midnight.date(), in_calls=is_free),
        is_free=is_free,
        by_purpose=costs.by_purpose(midnight)[:6],
        failed_calls=LLMCall.objects.filter(
            started_at__gt=since, status=LLMCall.Status.FAILED
        ).count(),
    )


def talk_by_hour(counted: dict[dt.datetime, int], now: dt.datetime) -> list[Point]:
    """The last hours and how much was said in each, silent ones too."""
    lines = Counter({timezone.localtime(hour): number for hour, number in counted.items()})
    last = timezone.localtime(now).replace(minute=0, second=0, microsecond=0)
    hours = [last - dt.timedelta(hours=n) for n in range(HOURS - 1, -1, -1)]
    return [Point(f"{hour:%H:%M}", lines[hour]) for hour in hours]


def _spent(days: list[costs.Cost], today: dt.date, *, in_calls: bool) -> list[Point]:
    """What each of the last days took: dollars, or calls where nothing costs any."""
    known = {day.label: day for day in days}
    points = []
    for n in range(DAYS - 1, -1, -1):
        day = today - dt.timedelta(days=n)
        cost = known.get(day.isoformat())
        value = 0.0 if cost is None else float(cost.calls if in_calls else cost.usd)
        points.append(Point(f"{day.day} {day:%b}", value))
    return points
