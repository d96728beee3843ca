"""What a character's page shows of what it says."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from characters.admin.lists import shorten
from characters.admin.portrait import when
from characters.admin.tabs import add_tab, panel, panels, table, to_list, to_page
from characters.models import Character
from conversations.models import Message
from fishbowl.charts import Point, bars

DAYS = 30
SHOWN = 15


def talk_of(character: Character, request: HttpRequest) -> SafeString:
    """How much it talked by day, and its last lines, each leading to why it was said."""
    today = timezone.localdate()
    since = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    said = Message.objects.filter(character=character)
    counted = dict(
        said.filter(created_at__gte=since - dt.timedelta(days=DAYS - 1))
        .annotate(day=TruncDate("created_at"))
        .order_by()
        .values_list("day")
        .annotate(Count("pk"))
    )
    days = [today - dt.timedelta(days=n) for n in range(DAYS - 1, -1, -1)]
    points = [Point(f"{day.day} {day:%b}", counted.get(day, 0)) for day in days]
    lines = (
        said.select_related("conversation__channel")
        .defer("search", "embedding")
        .order_by("-created_at")[:SHOWN]
    )
    return panels(
        panel(f"Lines a day, the last {DAYS} days", bars(points, "Lines by day", "lines")),
        panel(
            "What it said last",
            table(
                ["When", "Where", "What", "Why"],
                (
                    (
                        when(one.created_at),
                        str(one.conversation.channel),
                        to_page(one, shorten(one.content, 140)),
                        _why(one),
                    )
                    for one in lines
                ),
                "It has said nothing yet.",
            ),
            to_list(Message, {"character__id__exact": character.pk}, "All it ever said"),
        ),
    )


def _why(message: Message) -> SafeString:
    if message.turn_id is None:
        return SafeString("–")
    return format_html('<a href="{}">why</a>', reverse("why", args=[message.turn_id]))


add_tab(Character, "talk", "Talk", talk_of, place=25, of=[Message])
