"""Charts drawn by the server: within their frame, telling their values, nothing foreign in them."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from fishbowl.charts import HEIGHT, WIDTH, Point, bars, line, meter

VALUES = st.lists(st.floats(-10, 1e6, allow_nan=False), min_size=2, max_size=40)


def points(values: list[float]) -> list[Point]:
    return [Point(f"p{n}", value) for n, value in enumerate(values)]


@given(VALUES)
def test_bars_stand_within_their_frame(values: list[float]) -> None:
    drawn = bars(points(values), "Lines", "lines")
    found = re.findall(r'<rect class="bar" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" '
                       r'height="([\d.]+)"', drawn)  # fmt: skip
    assert len(found) == len(values)
    for x, y, width, height in (map(float, one) for one in found):
        assert 0 <= x <= x + width <= WIDTH + 0.1
        assert 0 <= y <= y + height <= HEIGHT + 0.1


@given(VALUES)
def test_a_line_stays_within_its_frame(values: list[float]) -> None:
    drawn = line(points(values), "Mood", -1.0, 1.0)
    spots = re.findall(r'<circle class="dot" cx="([\d.]+)" cy="([\d.]+)"', drawn)
    assert len(spots) == len(values)
    assert all(0 <= float(x) <= WIDTH and 0 <= float(y) <= HEIGHT for x, y in spots)
    assert 'class="zero"' in drawn


def test_every_mark_tells_its_value_and_a_name_is_only_text() -> None:
    drawn = bars([Point("<b>09:00</b>", 3), Point("10:00", 1500)], "Talk", "lines")
    assert "&lt;b&gt;09:00&lt;/b&gt;: 3 lines" in drawn
    assert "10:00: 1,500 lines" in drawn
    assert "<b>" not in drawn
    assert "style=" not in drawn + meter(0.5, "energy")


def test_nothing_is_drawn_of_nothing() -> None:
    assert "Nothing to draw yet" in bars([], "Talk")
    assert "Nothing to draw yet" in line([Point("now", 0.1)], "Mood", -1, 1)
    assert 'width="100"' in meter(7, "energy")
    assert 'width="0"' in meter(-1, "energy")
