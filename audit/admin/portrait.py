"""What a character's page shows of what it costs."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from audit.calls import costs
from audit.models import LLMCall
from characters.admin.tabs import add_tab, panel, panels, table, to_list
from characters.models import Character
from fishbowl.charts import Point, bars

DAYS = 30


def costs_of(character: Character, request: HttpRequest) -> SafeString:
    """What it took in the last month: by day, and by what it was for."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    since = today - dt.timedelta(days=DAYS - 1)
    known = {one.label: one for one in costs.by_day(since, character_id=character.pk)}
    is_free = not any(one.usd for one in known.values())
    points = []
    for n in range(DAYS):
        day = (since + dt.timedelta(days=n)).date()
        cost = known.get(day.isoformat())
        value = 0.0 if cost is None else float(cost.tokens if is_free else cost.usd)
        points.append(Point(f"{day.day} {day:%b}", value))
    purposes = costs.by_purpose(since, character_id=character.pk)
    unit = "tokens" if is_free else "US dollars"
    return panels(
        panel(f"The last {DAYS} days, in {unit}", bars(points, f"Cost by day, in {unit}", unit)),
        panel(
            "What for",
            table(
                ["For", "Calls", "Tokens", "$"],
                (
                    (one.label, f"{one.calls:,}", f"{one.tokens:,}", f"{one.usd:.4f}")
                    for one in purposes
                ),
                "It has not asked for a word yet.",
            ),
            to_list(LLMCall, {"character__id__exact": character.pk}, "All calls in its name"),
        ),
    )


add_tab(Character, "costs", "Costs", costs_of, place=60, of=[LLMCall])
