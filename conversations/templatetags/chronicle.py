"""How the page of a chronicle shows figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django import template

register = template.Library()


@register.filter
def share(value: float) -> str:
    """A share (0.0–1.0) in percent."""
    return f"{100 * value:.1f} %"


@register.filter
def of_most(value: int, among: Sequence[int]) -> int:
    """A count in percent of the greatest."""
    return round(100 * value / max(1, *among))


@register.filter
def polyline(days: Mapping[str, float]) -> str:
    """Values of −1.0–1.0 by day as the points of a line in a box of 100 by 20."""
    values = list(days.values())
    step = 100 / max(1, len(values) - 1)
    return " ".join(f"{at * step:.1f},{10 - 10 * value:.1f}" for at, value in enumerate(values))
