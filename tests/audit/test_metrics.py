"""What is measured: noted cheaply, stored in batches, rolled up by the hour, let go of in time."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.configuration import configuration
from audit.models import LLMCall, MetricRollup, PerformanceMetric
from audit.operation import keeping, metrics
from tests.builders import NOON, make_call, make_character

pytestmark = pytest.mark.django_db


def test_it_notes_without_the_database_and_stores_all_at_once(
    django_assert_num_queries: pytest.FixtureRequest,
) -> None:
    configuration.section("keeping")
    with django_assert_num_queries(0):  # type: ignore[operator]
        for n in range(3):
            metrics.record("turn.prompt", n, "tokens", character_id=make_id(), kind="a")
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert metrics.flush() == 3
    assert metrics.flush() == 0
    row = PerformanceMetric.objects.get(metric_value=2)
    assert (row.metric_name, row.unit, row.labels) == ("turn.prompt", "tokens", {"kind": "a"})


def make_id() -> int:
    return 1


def test_it_stores_nothing_within_a_transaction_of_others() -> None:
    metrics.record("m", 1)
    metrics.flush_if_due()  # each test is a transaction
    assert not PerformanceMetric.objects.exists()


def test_it_takes_no_measurements_when_told_not_to() -> None:
    configuration.set_value("keeping", "measure", False)
    configuration.forget_cached()
    metrics.record("m", 1)
    assert metrics.flush() == 0


def test_hours_are_rolled_up_once_however_often_it_runs() -> None:
    hour = NOON - dt.timedelta(hours=2)
    for minute, value in ((0, 1.0), (59, 3.0)):
        PerformanceMetric.objects.create(
            metric_name="m", metric_value=value, recorded_at=hour + dt.timedelta(minutes=minute)
        )
    make_call(started_at=hour, latency_ms=500, cost_usd="0.25", character=make_character())
    make_call(started_at=NOON)  # the hour that isn't over
    first = metrics.roll_up(NOON)
    assert metrics.roll_up(NOON) == first == MetricRollup.objects.count() == 5
    row = MetricRollup.objects.get(metric_name="m")
    assert (row.hour, row.count, row.total, row.least, row.most) == (hour, 2, 4.0, 1.0, 3.0)
    assert row.median == 2.0
    cost = MetricRollup.objects.get(metric_name="call.cost")
    assert (cost.total, cost.labels["purpose"]) == (0.25, "speak")


def test_a_process_rolls_up_again_only_what_may_have_grown(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(metrics, "roll_up", lambda now, hours: asked.append(hours) or 0)
    monkeypatch.setattr(metrics, "_rolled_to", None)
    for hours in (0, 1, 1.5, 100, 99):
        metrics.roll_up_rest(NOON + dt.timedelta(hours=hours))
    assert asked == [49, 3, 2, 101, 49]


def test_the_last_hours_before_a_long_stop_are_rolled_up_after_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metrics, "_rolled_to", None)
    for hours in (3, 1):
        PerformanceMetric.objects.create(
            metric_name="m", metric_value=hours, recorded_at=NOON - dt.timedelta(hours=hours)
        )
    metrics.roll_up_rest(NOON - dt.timedelta(hours=2))
    monkeypatch.setattr(metrics, "_rolled_to", None)  # another process, a week later
    metrics.roll_up_rest(NOON + dt.timedelta(days=7))
    found = MetricRollup.objects.filter(metric_name="m").order_by("hour")
    assert [row.total for row in found] == [3.0, 1.0]


def test_prompts_are_let_go_of_when_their_time_has_come_and_calls_stay() -> None:
    old = make_call(started_at=NOON - dt.timedelta(days=15), request={"a": 1}, response="b")
    new = make_call(started_at=NOON - dt.timedelta(days=13), request={"a": 1}, response="b")
    assert keeping.let_go(NOON)["prompts"] == 1
    assert LLMCall.objects.get(pk=old.pk).request == {}
    assert LLMCall.objects.get(pk=new.pk).response == "b"
    assert keeping.let_go(NOON)["prompts"] == 0
