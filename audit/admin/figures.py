"""The pages of figures: what it costs, and how well it runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.safestring import SafeString

from audit.calls import costs
from audit.models import Alert, DeadLetter
from audit.operation import alerts, figures, health, queues
from characters.admin.tabs import panel
from fishbowl.charts import Point, bars, short

SPANS = {"1": "a day", "7": "a week", "30": "30 days"}

# What other apps show on the page of performance: of a stretch of time until now.
_panels: list[Callable[[dt.datetime], SafeString]] = []


def show_on_performance(show: Callable[[dt.datetime], SafeString]) -> None:
    """Have the page of performance show what `show` gives of the time since then."""
    _panels.append(show)


def costs_page(page: ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """What it costs, by everything that it can be told apart by."""
    now = timezone.now()
    days = _days(page, request)
    since = now - dt.timedelta(days=days)
    spent, prompt_share = costs.total(since)
    price_in, price_out = _price(request, "price_in"), _price(request, "price_out")
    what_if = None
    if price_in is not None and price_out is not None:
        what_if = costs.forecast(
            spent,
            now - since,
            price_in=price_in,
            price_out=price_out,
            prompt_share=prompt_share,
        )
    by_day = {day.label: day for day in costs.by_day(since)}
    is_free = not any(day.usd for day in by_day.values())
    points = []
    for n in range(days + 1):
        at = timezone.localdate(since) + dt.timedelta(days=n)
        day = by_day.get(at.isoformat())
        value = 0.0 if day is None else float(day.tokens if is_free else day.usd)
        points.append(Point(f"{at.day} {at:%b}", value))
    unit = "tokens" if is_free else "USD"
    return _page(
        page,
        request,
        "costs",
        "Costs",
        spent=spent,
        forecast=costs.forecast(spent, now - since),
        what_if=what_if,
        is_price_wrong=what_if is None
        and bool(request.GET.get("price_in") or request.GET.get("price_out")),
        price_in=request.GET.get("price_in", ""),
        price_out=request.GET.get("price_out", ""),
        chart=bars(points, f"Spent each day, in {unit}", unit),
        unit=unit,
        tables=[(whose, costs.by(whose, since)[:20]) for whose in costs.WHOSE],
        budgets=costs.budgets(now),
    )


def performance_page(page: ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """How well it runs, and what is the matter."""
    now = timezone.now()
    days = _days(page, request)
    since = now - dt.timedelta(days=days)
    alerts.watch_if_stale(now)
    hours = figures.hours(since)
    calls, failed = sum(one.calls for one in hours), sum(one.failed for one in hours)
    prompt, cached = sum(h.prompt_tokens for h in hours), sum(h.cached_tokens for h in hours)

    def drawn(about: str, unit: str, points: list[tuple[str, float]]) -> Any:
        most = max((value for _, value in points), default=0.0)
        if points and not most:
            return panel(about, SafeString('<p class="desk-nothing">None.</p>'))
        drawing = bars([Point(label, value) for label, value in points], about, unit)
        return panel(about + (f", up to {short(most)} {unit}".rstrip() if points else ""), drawing)

    return _page(
        page,
        request,
        "performance",
        "Performance",
        alerts=Alert.objects.filter(closed_at=None),
        health=health.latest(),
        queues=queues.depths(),
        letters=DeadLetter.objects.filter(resolved_at=None).count(),
        calls=calls,
        error_rate=100 * failed / calls if calls else 0.0,
        cache_rate=100 * cached / prompt if prompt else 0.0,
        panels=[show(since) for show in _panels],
        charts=[
            drawn("Calls an hour", "calls", [(h.label, h.calls) for h in hours]),
            drawn("Median latency", "ms", [(h.label, h.median_ms) for h in hours]),
            drawn("Latency of the slowest twentieth", "ms", [(h.label, h.p95_ms) for h in hours]),
            drawn("Failed calls", "calls", [(h.label, h.failed) for h in hours]),
            drawn("Tokens", "tokens", [(h.label, h.tokens) for h in hours]),
            drawn("Prompt tokens a turn", "tokens", figures.trend("turn.prompt", since)),
            drawn("Memories a turn", "memories", figures.trend("turn.recalled", since)),
            drawn("Share of turns withheld", "", figures.trend("turn.withheld", since)),
            drawn("Seconds that people waited", "s", figures.trend("person.waited", since)),
            drawn("Milliseconds a task took", "ms", figures.trend("task", since)),
        ],
    )


def _days(page: ModelAdmin[Any], request: HttpRequest) -> int:
    if not page.has_view_permission(request):
        raise PermissionDenied
    asked = request.GET.get("days", "")
    return int(asked) if asked in SPANS else 7


def _price(request: HttpRequest, name: str) -> Decimal | None:
    try:
        price = Decimal(request.GET.get(name, ""))
    except InvalidOperation:
        return None
    return price if price.is_finite() and 0 <= price <= 100_000 else None


def _page(
    page: ModelAdmin[Any], request: HttpRequest, template: str, title: str, **context: Any
) -> HttpResponse:
    return TemplateResponse(
        request,
        f"admin/audit/llmcall/{template}.html",
        {
            **page.admin_site.each_context(request),
            "title": title,
            "spans": SPANS,
            "days": request.GET.get("days", "7"),
            **context,
        },
    )
