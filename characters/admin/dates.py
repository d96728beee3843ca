"""Drilling down by date, cheaply.

Django's own date hierarchy reads the whole table to learn which days there are. This one reads the
first row and the last, offers what lies between them, and asks for a range.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Any, ClassVar

from django.contrib.admin import ListFilter, ModelAdmin
from django.db.models import DateTimeField, Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone

RECENT = {"today": ("Today", 1), "week": ("Last 7 days", 7), "month": ("Last 30 days", 30)}


def span_of(chosen: str, today: dt.date) -> tuple[dt.date, dt.date] | None:
    """The first day of what was chosen and the day after its last; None of what is no date.

    >>> span_of("2026-02", dt.date(2026, 3, 4))
    (datetime.date(2026, 2, 1), datetime.date(2026, 3, 1))
    """
    if chosen in RECENT:
        return today - dt.timedelta(days=RECENT[chosen][1] - 1), today + dt.timedelta(days=1)
    parts = chosen.split("-")
    try:
        numbers = [int(part) for part in parts]
        first = dt.date(*[*numbers, 1, 1][:3])
        if len(parts) == 1:
            return first, first.replace(year=first.year + 1)
        if len(parts) == 2:
            return first, (first + dt.timedelta(days=31)).replace(day=1)
        return (first, first + dt.timedelta(days=1)) if len(parts) == 3 else None
    except (ValueError, OverflowError, TypeError):
        return None


def finer(chosen: str, first: dt.date, last: dt.date) -> list[tuple[str, str]]:
    """What may be chosen next, between the first day there is and the last: years, then the months
    of a year, then the days of a month; each with its title."""
    parts = [] if not chosen or chosen in RECENT else chosen.split("-")
    if not parts:
        return [(str(year), str(year)) for year in range(last.year, first.year - 1, -1)]
    span = span_of(chosen, last)
    if span is None or len(parts) > 2:
        return []
    start, end = max(span[0], first), min(span[1] - dt.timedelta(days=1), last)
    days = [start + dt.timedelta(days=n) for n in range((end - start).days + 1)]
    if len(parts) == 1:
        months = dict.fromkeys(day.replace(day=1) for day in days)
        return [(f"{month:%Y-%m}", f"{month:%B %Y}") for month in months]
    return [(f"{day:%Y-%m-%d}", f"{day.day} {day:%B}") for day in days]


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def _day(at: dt.date) -> dt.date:
    return timezone.localdate(at) if isinstance(at, dt.datetime) else at


class DrillDown(ListFilter):
    """A filter by the time or the day in `column`; `by_date` makes one of a column."""

    template = "admin/filter.html"
    column: ClassVar[str]

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[Model],
        model_admin: ModelAdmin[Any],
    ) -> None:
        super().__init__(request, params, model, model_admin)
        self.key = f"on_{self.column}"
        if self.key in params:
            given = params.pop(self.key)
            self.used_parameters[self.key] = given[-1] if isinstance(given, list) else given
        self.model = model

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [self.key]

    @property
    def chosen(self) -> str:
        """What the address asks for, if it is a date or a word for one."""
        given = str(self.used_parameters.get(self.key, ""))
        return given if span_of(given, timezone.localdate()) else ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        span = span_of(self.chosen, timezone.localdate())
        if span is None:
            return queryset
        start, end = span
        if isinstance(self.model._meta.get_field(self.column), DateTimeField):
            start, end = (_midnight(day) for day in span)
        return queryset.filter(**{f"{self.column}__gte": start, f"{self.column}__lt": end})

    def _ends(self) -> tuple[dt.date, dt.date] | None:
        """The first day and the last, by the order in which rows came to be: that has an index in
        every table, and is the order of their times but for a few."""
        rows = self.model._default_manager.filter(**{f"{self.column}__isnull": False})
        times = rows.values_list(self.column, flat=True)
        first, last = times.order_by("pk").first(), times.order_by("-pk").first()
        if first is None or last is None:
            return None
        days = [
            timezone.localdate(at) if isinstance(at, dt.datetime) else at for at in (first, last)
        ]
        return min(days), max(days)

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        chosen = self.chosen

        def choice(value: str, title: str) -> dict[str, Any]:
            query = (
                changelist.get_query_string({self.key: value}, ["p"])
                if value
                else changelist.get_query_string(remove=[self.key, "p"])
            )
            return {"selected": value == chosen, "query_string": query, "display": title}

        yield choice("", "Any time")
        for key, (title, _) in RECENT.items():
            yield choice(key, title)
        ends = self._ends()
        if ends is None:
            return
        parts = [] if chosen in RECENT else chosen.split("-")
        for depth in range(1, len(parts) + 1):
            part = "-".join(parts[:depth])
            if part:
                yield choice(part, part)
        for value, title in finer(chosen, *ends):
            yield choice(value, title)


@cache
def by_date(column: str, title: str = "") -> type[DrillDown]:
    """A drill-down by that column, for `list_filter`."""
    named = title or column.rpartition("__")[2].removesuffix("_at").replace("_", " ")
    return type(f"By{column.title()}", (DrillDown,), {"column": column, "title": named})
