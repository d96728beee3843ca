"""A society lived through on a simulated clock, and what is told of it."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from celery.schedules import crontab, schedule
from django.conf import settings
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.utils import timezone
from psycopg.sql import SQL, Identifier

from conversations.models import Conversation, ConversationContext, Message
from conversations.simulation.beats import COARSE_S, _after, beating
from conversations.simulation.chronicle import chronicle, repeats
from conversations.simulation.sandbox import MARK, is_forsaken
from conversations.simulation.simulation import Clock, run
from fishbowl.embedded import DATABASE, ROLE
from memories.models import ConsolidationRun, Memory
from tests.builders import make_channel, make_character
from tests.stock import EMPTY

LATE = dt.datetime(2026, 1, 5, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.django_db
def test_what_beat_has_workers_do_is_done_at_its_time() -> None:
    for name in ("Odile", "Bram", "Pilar"):
        make_character(name, interests=("tides", "boats"))
    make_channel("the-lantern", pace="lively", watched_until=LATE + HOUR / 4)
    until = LATE + 3.1 * HOUR
    with beating(LATE, lambda now: None) as beats:
        clock = Clock(LATE)
        for _ in run(clock, until=until, seed=1, beats=beats):
            assert timezone.now() == clock.now
        assert clock.now == until
    assert timezone.now() > until

    said = Message.objects.filter(created_at__range=(LATE, until))
    assert said.count() == Message.objects.count() > 10
    closed = Conversation.objects.filter(status="closed", closed_at__lte=until)
    assert closed.exists()
    observed = ConversationContext.objects.filter(conversation__in=closed)
    assert observed.count() == closed.count()
    assert all(one.observed_to == one.conversation.message_count for one in observed)
    assert Memory.objects.filter(kind="conversation", occurred_at__lte=until).exists()
    nights = ConsolidationRun.objects.all()
    assert {night.started_at.date() for night in nights} == {until.date()}

    told = chronicle(LATE, until)
    assert sum(voice.messages for voice in told.voices) == told.messages == sum(told.hours)
    assert told.conversations == Conversation.objects.filter(message_count__gt=0).count()
    page = render_to_string("conversations/chronicle.html", {"told": told, "title": "A night"})
    assert "Odile" in page
    assert "How they stand to each other" in page
    json.dumps(told.to_json())


def test_a_sandbox_is_dropped_when_its_maker_is_gone() -> None:
    assert is_forsaken(f"fishbowl{MARK}{2**22 + 1}")  # above all that Linux gives
    assert is_forsaken(f"fishbowl{MARK}{os.getpid()}")  # of an earlier process
    assert not is_forsaken(f"fishbowl{MARK}{os.getppid()}")


def test_what_was_said_before_in_a_room_counts_as_said_again() -> None:
    line = "the boats come in on the evening tide"
    said = [(1, line), (1, "nobody has seen a single boat"), (2, line), (1, line)]
    assert repeats(said) == (0.25, 0.25)
    assert repeats([(1, line), (1, f"{line} again")]) == (0.0, 0.5)
    assert repeats([]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("every", "seconds"),
    [(2.0, COARSE_S), (3600.0, 3600.0), (schedule(900.0), 900.0), (crontab(minute="0"), 1800.0)],
)
def test_a_task_is_due_again_by_its_schedule(every: object, seconds: float) -> None:
    now = LATE + HOUR / 2
    with time_machine.travel(now, tick=False):
        assert _after(every, now) == now + dt.timedelta(seconds=seconds)  # type: ignore[arg-type]


@pytest.mark.parametrize("days", ["0", "-1", "400"])
def test_a_span_that_will_not_do_is_refused_before_anything_is_made(days: str) -> None:
    with pytest.raises(CommandError, match="--days must lie above 0 and be 366 at most"):
        call_command("simulate", f"--days={days}")


@pytest.mark.parametrize("start", ["0001-01-01", "9999-12-31"])
def test_a_day_that_no_calendar_reaches_from_is_refused_too(start: str) -> None:
    with pytest.raises(CommandError, match="--start must lie in a year from 1970 to 2100"):
        call_command("simulate", f"--start={start}")


# The command, on the database that the tests' own are copied from: it needs no migrating.
SIMULATE = f"""
import django, sys
django.setup()
from django.core.management import call_command
from conversations.simulation import sandbox
sandbox.TEMPLATE = "{EMPTY}"
call_command("simulate", "--days=0.027", "--start=2026-01-05T19:58", "--keep", "--out", sys.argv[1])
"""
# What tells of a process, not of the society, and what real time it took (`audit`).
OF_THE_PROCESS = ["claimed_by", "nonce"]
TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
      AND relname ~ '^(characters|conversations|memories)_'
"""


def test_it_goes_the_same_way_in_every_process(tmp_path: Path) -> None:
    """The hashes of words, by which sets are ordered, differ from process to process."""
    own = {**os.environ, "DJANGO_SETTINGS_MODULE": "fishbowl.settings"}
    rows, reports = [], []
    for seed in ("1", "2"):
        with subprocess.Popen(
            [sys.executable, "-c", SIMULATE, str(tmp_path / seed)],
            env={**own, "PYTHONHASHSEED": seed},
            stdout=subprocess.DEVNULL,
        ) as process:
            assert process.wait() == 0
        rows.append(_all_rows(f"{DATABASE}{MARK}{process.pid}"))
        reports.append((tmp_path / seed / "report.json").read_text())
    one, other = rows
    assert len(one) > 60
    assert [table for table in one if one[table] != other[table]] == []
    assert reports[0] == reports[1]
    assert json.loads(reports[0])["messages"] > 100


def test_a_report_that_could_not_be_written_is_refused_before_the_days_are_lived() -> None:
    """A fortnight takes ten minutes, and was lost."""
    done = subprocess.run(
        [sys.executable, "-c", SIMULATE.replace('"--keep", ', ""), "/proc/nowhere"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "fishbowl.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "--out: /proc/nowhere can't be written to (No such file or directory)" in done.stderr
    assert "0.00h" not in done.stderr


def _all_rows(name: str) -> dict[str, list[Any]]:
    """What stands in each table of a sandbox that was kept, which is dropped."""
    ask = SQL("SELECT to_jsonb(t) - %s::text[] AS row FROM {} t ORDER BY row")
    with _server(name) as session:
        found = {
            table: session.execute(ask.format(Identifier(table)), [OF_THE_PROCESS]).fetchall()
            for (table,) in session.execute(TABLES).fetchall()
        }
    with _server("postgres") as session:
        session.execute(SQL("DROP DATABASE {}").format(Identifier(name)))
    return found


def _server(name: str) -> psycopg.Connection[Any]:
    sockets = str(settings.PLACES.sockets)
    return psycopg.connect(host=sockets, user=ROLE, dbname=name, autocommit=True)
