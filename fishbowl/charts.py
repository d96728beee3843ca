"""Small charts as SVG, drawn by the server: no script, no CDN, no style in the page.

Their colours are classes of `desk/desk.css`; every mark tells its value when it is pointed at, and
each chart has a sentence for those who can't see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 480, 96
PAD = 6
NOTHING = SafeString('<p class="desk-nothing">Nothing to draw yet.</p>')  # under its heading
WIDEST = WIDTH / 14  # of a bar: a single one isn't as wide as the page


@dataclass(frozen=True, slots=True)
class Point:
    """A value, and what is told of it."""

    label: str
    value: float


def bars(points: Sequence[Point], about: str, unit: str = "") -> SafeString:
    """One bar a value, from nought."""
    if not points:
        return NOTHING
    most = max(max(point.value for point in points), 0.0) or 1.0
    step = WIDTH / len(points)
    width = min(step * 0.8, WIDEST)
    first = (step - width) / 2 if len(points) > 1 else 0.0  # a single one stands over its label
    drawn = format_html_join(
        "",
        '<rect class="bar" x="{}" y="{}" width="{}" height="{}" rx="1.5"><title>{}</title></rect>',
        (
            (
                _number(first + n * step),
                _number(HEIGHT - PAD - (height := _bar(point.value, most))),
                _number(width),
                _number(height),
                _told(point, unit),
            )
            for n, point in enumerate(points)
        ),
    )
    return _chart(drawn, about, points, most, 0.0)


def line(points: Sequence[Point], about: str, low: float, high: float) -> SafeString:
    """A line between `low` and `high`, with its zero where that lies between them."""
    if len(points) < 2:
        return NOTHING
    step = (WIDTH - 2 * PAD) / (len(points) - 1)
    spots = [(PAD + n * step, _height(point.value, low, high)) for n, point in enumerate(points)]
    path = " ".join(f"{_number(x)},{_number(y)}" for x, y in spots)
    zero: SafeString | str = ""
    if low < 0 < high:
        y = _number(_height(0.0, low, high))
        zero = format_html('<line class="zero" x1="0" x2="{}" y1="{}" y2="{}"/>', WIDTH, y, y)
    dots = format_html_join(
        "",
        '<circle class="dot" cx="{}" cy="{}" r="{}"><title>{}</title></circle>',
        (
            (_number(x), _number(y), 2.5 if len(points) <= 60 else 1.2, _told(point, ""))
            for (x, y), point in zip(spots, points, strict=True)
        ),
    )
    drawn = format_html('{}<polyline class="line" points="{}"/>{}', zero, path, dots)
    return _chart(drawn, about, points, high, low)


def meter(value: float, about: str) -> SafeString:
    """A share between 0 and 1, as a small bar."""
    width = round(min(max(value, 0.0), 1.0) * 100)
    return format_html(
        '<svg class="desk-meter" viewBox="0 0 100 8" preserveAspectRatio="none" role="img">'
        '<title>{}: {}</title><rect class="ground" width="100" height="8" rx="4"/>'
        '<rect class="bar" width="{}" height="8" rx="4"/></svg>',
        about,
        f"{value:.2f}",
        width,
    )


def _bar(value: float, most: float) -> float:
    return max(value, 0.0) / most * (HEIGHT - 2 * PAD)


def _height(value: float, low: float, high: float) -> float:
    share = (min(max(value, low), high) - low) / ((high - low) or 1.0)
    return HEIGHT - PAD - share * (HEIGHT - 2 * PAD)


def _chart(
    drawn: SafeString, about: str, points: Sequence[Point], most: float, least: float
) -> SafeString:
    said = f"{about}: {len(points)} values from {points[0].label} to {points[-1].label}"
    ends = [points[0].label, points[-1].label] if len(points) > 1 else [points[0].label]
    return format_html(
        '<figure class="desk-chart"><svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}">{}</svg><figcaption>{}</figcaption></figure>',
        WIDTH,
        HEIGHT,
        f"{said}, between {short(least)} and {short(most)}",
        drawn,
        format_html_join("", "<span>{}</span>", ((end,) for end in ends)),
    )


def _told(point: Point, unit: str) -> str:
    return f"{point.label}: {short(point.value)}{f' {unit}' if unit else ''}"


def short(value: float) -> str:
    """A figure in few signs, and never in powers of ten."""
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.4g}"


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}"  # + 0.0: there is no less than nothing of it
