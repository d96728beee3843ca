"""The log of calls lies in monthly parts, made ahead of time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from audit.models import LLMCall
from audit.operation import partitions
from audit.operation.partitions import drop_partitions, ensure_partitions
from tests.builders import make_call

pytestmark = pytest.mark.django_db
MAY = dt.datetime(2031, 5, 17, 12, 0, tzinfo=dt.UTC)


def made(now: dt.datetime, **how: int) -> list[str]:
    """The parts of the log of calls that were made."""
    return [name for name in ensure_partitions(now, **how) if "llmcall" in name]


def part_of(call: LLMCall) -> str:
    """The name of the table that a call's row lies in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM audit_llmcall WHERE id = %s", [call.pk]
        )
        return str(cursor.fetchone()[0])


def test_it_makes_the_parts_of_the_coming_months() -> None:
    names = ["audit_llmcall_2031_05", "audit_llmcall_2031_06", "audit_llmcall_2031_07"]
    assert made(MAY) == names
    assert made(MAY) == []
    assert made(MAY.replace(month=6)) == ["audit_llmcall_2031_08"]


def test_it_drops_whole_months_of_a_log_and_nothing_younger() -> None:
    made(MAY)
    assert drop_partitions("audit_llmcall", dt.datetime(2031, 6, 30, tzinfo=dt.UTC)) == [
        "audit_llmcall_2031_05"
    ]
    assert drop_partitions("audit_performancemetric", MAY) == []


def test_it_goes_on_past_the_turn_of_the_year() -> None:
    assert made(dt.datetime(2031, 12, 31, 23, 59, tzinfo=dt.UTC), months=2) == [
        "audit_llmcall_2031_12",
        "audit_llmcall_2032_01",
    ]


def test_it_puts_each_call_into_its_month() -> None:
    ensure_partitions(MAY)
    first = make_call(started_at=dt.datetime(2031, 5, 1, tzinfo=dt.UTC))
    last = make_call(started_at=dt.datetime(2031, 5, 31, 23, 59, 59, 999999, tzinfo=dt.UTC))
    after = make_call(started_at=dt.datetime(2031, 6, 1, tzinfo=dt.UTC))
    assert [part_of(call) for call in (first, last, after)] == [
        "audit_llmcall_2031_05",
        "audit_llmcall_2031_05",
        "audit_llmcall_2031_06",
    ]


def test_it_keeps_a_call_of_a_month_without_a_part() -> None:
    call = make_call(started_at=MAY.replace(year=2040))
    assert part_of(call) == "audit_llmcall_default"
    assert LLMCall.objects.get(pk=call.pk).started_at.year == 2040


def test_it_leaves_a_month_whose_calls_lie_elsewhere_already() -> None:
    make_call(started_at=MAY)
    assert made(MAY, months=2) == ["audit_llmcall_2031_06"]
    assert part_of(make_call(started_at=MAY)) == "audit_llmcall_default"


def test_it_reads_one_part_when_the_time_is_given() -> None:
    ensure_partitions(MAY)
    rows = LLMCall.objects.filter(
        started_at__gte=dt.datetime(2031, 6, 1, tzinfo=dt.UTC),
        started_at__lt=dt.datetime(2031, 7, 1, tzinfo=dt.UTC),
    )
    plan = rows.explain()
    assert "audit_llmcall_2031_06" in plan
    assert "audit_llmcall_2031_05" not in plan


def test_it_holds_known_states_in_every_part() -> None:
    ensure_partitions(MAY)
    with pytest.raises(Exception, match="llmcall_status_known"):
        make_call(started_at=MAY, status="nonsense")


def test_it_holds_up_no_call_while_a_backup_reads_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs a log for itself would wait for the backup, and everybody's calls behind it."""
    monkeypatch.setattr(partitions, "WAITS_MS", 20, raising=False)
    backup = connection.copy()
    try:
        with connection.cursor() as cursor, backup.cursor() as reader:
            cursor.execute("SET LOCAL statement_timeout = '5s'")
            backup.set_autocommit(False)
            reader.execute("SELECT count(*) FROM audit_llmcall")
            assert made(MAY) == []
            make_call()
    finally:
        backup.close()
    assert len(made(MAY)) == 3
