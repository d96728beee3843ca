"""What is kept for a while is let go of in the end: after months in which nothing ran, and when a
keeper wants it kept for less long."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.sessions.models import Session

from audit.configuration import configuration
from audit.models import LLMCall, PerformanceMetric
from audit.operation import keeping, partitions
from tests.builders import NOON, make_call

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> None:
    keeping.look_at_all()


def before(**lengths: float) -> dt.datetime:
    return NOON - dt.timedelta(**lengths)


def test_prompts_are_let_go_of_after_months_in_which_nothing_ran() -> None:
    calls = [
        make_call(started_at=before(days=days), request={"a": "words"}, response="more")
        for days in (80, 100, 300)
    ]
    assert keeping.let_go(NOON)["prompts"] == 3
    kept = LLMCall.objects.filter(pk__in=[call.pk for call in calls])
    assert list(kept.values_list("request", "response")) == [({}, "")] * 3


def test_prompts_are_let_go_of_when_they_are_to_be_kept_less_long() -> None:
    configuration.set_value("keeping", "prompt_days", 365)
    configuration.forget_cached()
    make_call(started_at=before(days=200), request={"a": "words"}, response="more")
    assert keeping.let_go(NOON)["prompts"] == 0
    configuration.set_value("keeping", "prompt_days", 14)
    configuration.forget_cached()
    assert keeping.let_go(NOON)["prompts"] == 1


def test_what_gathered_is_let_go_of_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    for days in range(20, 25):
        make_call(started_at=before(days=days), response="words")
    assert keeping.let_go(NOON)["prompts"] == 5


def test_rows_of_months_that_had_no_part_are_let_go_of_too() -> None:
    """A society that was off for longer than parts were made ahead writes before it makes more."""
    for table, days in (("call", 440), ("call", 380), ("metric", 100), ("metric", 10)):
        at = before(days=days)
        if table == "call":
            make_call(started_at=at)
        else:
            PerformanceMetric.objects.create(metric_name="m", metric_value=1, recorded_at=at)
    partitions.ensure_partitions(NOON)
    keeping.let_go(NOON)
    assert LLMCall.objects.get().started_at == before(days=380)
    assert PerformanceMetric.objects.get().recorded_at == before(days=10)


def test_a_session_that_has_run_out_is_let_go_of() -> None:
    """Each signing in makes another."""
    for key, days in (("a" * 32, 1), ("b" * 32, -1)):
        Session.objects.create(session_key=key, session_data="", expire_date=before(days=days))
    assert keeping.let_go(NOON)["sessions"] == 1
    assert Session.objects.get().session_key == "b" * 32
