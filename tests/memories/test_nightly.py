"""Whose night it is, and that a night cut short is gone on with and does nothing twice."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from audit.configuration.configuration import pause_society
from audit.models import LLMCall
from characters.models import Character
from characters.services import pause_character, resume_character
from memories import tasks
from memories.models import ConsolidationRun, HygieneRun, Memory, MemoryRevision, ScratchpadEntry
from memories.nights import consolidation, forgetting, nightly
from memories.rules import MemoryRules
from tests.builders import make_character, make_conversation, make_memory
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

RULES = MemoryRules()
DAY = dt.timedelta(days=1)


def at(hour: int, minute: int = 0, day: int = 4) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)


# --- when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "now", "hours_ago", "expected"),
    [
        ("UTC", at(5), 24, True),
        ("UTC", at(2), 24, False),
        ("UTC", at(12), 24, False),
        ("UTC", at(5), 19, False),
        ("UTC", at(12), 30, True),
        ("Asia/Tokyo", at(20), 24, True),
        ("Asia/Tokyo", at(5), 24, False),
        ("America/New_York", at(10), 24, True),
    ],
)
def test_it_is_night_where_the_character_lives(zone, now, hours_ago, expected):
    last = now - dt.timedelta(hours=hours_ago)
    assert nightly.is_due(1, zone, last, now, RULES) is expected


def test_nights_are_spread_and_every_one_is_met_by_an_hourly_look():
    looks = [at(hour, 7) for hour in range(24)]
    begun = []
    for pk in range(200):
        met = [now for now in looks if nightly.is_due(pk, "UTC", at(4, day=3), now, RULES)]
        assert met, pk
        begun.append(met[0].hour)
    assert len(set(begun)) > 1
    assert set(begun) <= {3, 4, 5}


def test_what_is_due_is_found_from_rows():
    owner, paused = make_character(), make_character()
    pause_character(paused)
    Character.objects.update(created_at=at(5, day=1))
    assert nightly.due(at(12)) == [owner.pk]
    ConsolidationRun.objects.create(character=owner, started_at=at(4), finished_at=at(4))
    assert nightly.due(at(12)) == []
    assert nightly.due(at(12, day=5)) == [owner.pk]
    pause_society(True)
    assert nightly.due(at(12, day=5)) == []


# --- one night ------------------------------------------------------------------------------------


def a_life(owner) -> None:
    """Everything a night has to do with: what fades, the like, a cluster, what is long gone."""
    old = timezone.now() - dt.timedelta(days=10)
    for n in range(4):
        make_memory(
            owner,
            f"Bram said: “The ferry is late because of the tide again, day {n}.”",
            text=f"The ferry is late because of the tide again, day {n}.",
            kind="conversation",
            visibility="public",
            importance=4,
            occurred_at=old,
        )
    make_memory(owner, "Ada keeps her grandmother's brass telescope in the attic of the house.")
    make_memory(owner, "Ada keeps her grandmother's brass telescope in the house, in the attic.")
    make_memory(owner, "A lamp went out.", kind="gossip", importance=2)
    make_memory(owner, "A plan of last week.", expires_at=old)
    gone = make_memory(owner, "Something of long ago.")
    Memory.objects.filter(owner=owner).update(decayed_on=(timezone.now() - DAY).date())
    Memory.objects.filter(owner=owner, content="A lamp went out.").update(strength=0.21)
    Memory.objects.filter(pk=gone.pk).update(
        tier="archived", decayed_on=(timezone.now() - 100 * DAY).date()
    )
    locked = make_memory(owner, "A locked one.", importance=2, kind="gossip")
    Memory.objects.filter(pk=locked.pk).update(
        is_locked=True, strength=0.01, decayed_on=(timezone.now() - DAY).date(), expires_at=old
    )


def picture(owner) -> list[tuple]:
    """All that a night leaves, but for the keys of what it made."""
    return sorted(
        (m.content, m.tier, round(m.strength, 9), str(m.decayed_on), m.importance, m.confidence,
         m.merged_into.content if m.merged_into else "", m.revisions.count(), m.sources.count())
        for m in Memory.objects.filter(owner=owner).select_related("merged_into")
    )  # fmt: skip


COUNTS = ("merged", "summarised", "archived", "decayed", "forgotten")


def counts(owner) -> dict[str, int]:
    return ConsolidationRun.objects.filter(character=owner).values(*COUNTS).get()


def test_a_night_does_all_of_it_and_is_a_row():
    owner = make_character()
    a_life(owner)
    locked = Memory.objects.filter(is_locked=True).values().get()
    run = nightly.consolidate(owner.pk)
    assert run.finished_at
    assert run.examined == 9
    assert counts(owner) == {
        "merged": 1, "summarised": 1, "archived": 6, "decayed": 8, "forgotten": 1,
    }  # fmt: skip
    assert Memory.objects.filter(is_locked=True).values().get() == locked
    assert not Memory.objects.filter(content="Something of long ago.").exists()


class Killed(BaseException):
    """What befalls a process, as far as its code can tell."""


STEPS = [
    (forgetting, "weaken"),
    (consolidation, "merge_duplicates"),
    (consolidation, "condense"),
    (consolidation, "store_embedded"),
    (consolidation, "_set_aside"),
    (forgetting, "settle"),
    (forgetting, "forget"),
    (forgetting, "count"),
]


@pytest.mark.parametrize(("module", "name"), STEPS)
@pytest.mark.parametrize("does_its_work_first", [True, False])
def test_a_night_that_dies_anywhere_is_gone_on_with_and_does_nothing_twice(
    module, name, does_its_work_first, monkeypatch
):
    undisturbed, owner = make_character(), make_character()
    for one in (undisturbed, owner):
        a_life(one)
    nightly.consolidate(undisturbed.pk)
    whole = getattr(module, name)

    def dies(*args, **options):
        if does_its_work_first:
            whole(*args, **options)
        raise Killed

    monkeypatch.setattr(module, name, dies)
    with pytest.raises(Killed):
        nightly.consolidate(owner.pk)
    monkeypatch.setattr(module, name, whole)
    cut_short = ConsolidationRun.objects.get(character=owner)
    assert cut_short.finished_at is None
    run = nightly.consolidate(owner.pk)
    assert run.pk == cut_short.pk
    assert run.finished_at
    assert counts(owner) == counts(undisturbed)
    assert picture(owner) == picture(undisturbed)


DIES = """
import os, signal
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.child_settings"
import django
django.setup()
from memories.nights import consolidation, nightly
whole = consolidation.store_embedded
def dies(*args):
    whole(*args)
    os.kill(os.getpid(), signal.SIGKILL)
consolidation.store_embedded = dies
nightly.consolidate({owner})
"""


def test_after_kill_9_the_next_worker_takes_the_night_over_at_once(tmp_path):
    undisturbed, owner = make_character(), make_character()
    for one in (undisturbed, owner):
        a_life(one)
    nightly.consolidate(undisturbed.pk)
    database = connection.settings_dict
    kept = {k: database[k] for k in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")}
    (tmp_path / "child_of_tests.py").write_text(
        "from fishbowl.settings import *\n"
        f"DATABASES = {{'default': {kept!r}}}\n"
        f"REDIS_URL = {settings.REDIS_URL!r}\nREDIS_PREFIX = {settings.REDIS_PREFIX!r}\n"
    )
    child = subprocess.run(
        [
            sys.executable,
            "-c",
            DIES.replace("tests.child_settings", "child_of_tests").format(owner=owner.pk),
        ],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{settings.BASE_DIR}"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL, child.stderr
    run = ConsolidationRun.objects.get(character=owner)
    assert (run.finished_at, run.merged, run.summarised) == (None, 1, 0)
    assert nightly.consolidate(owner.pk).pk == run.pk
    assert counts(owner) == counts(undisturbed)
    assert picture(owner) == picture(undisturbed)


def test_the_same_night_again_changes_nothing():
    owner = make_character()
    a_life(owner)
    nightly.consolidate(owner.pk)
    before = picture(owner)
    again = nightly.consolidate(owner.pk)
    assert picture(owner) == before
    assert [getattr(again, name) for name in COUNTS] == [0] * len(COUNTS)


def test_one_worker_at_a_time_has_a_characters_night(monkeypatch):
    owner = make_character()
    a_life(owner)
    inside, may_go, refused = threading.Event(), threading.Event(), []
    whole = forgetting.weaken

    def weaken(night):
        inside.set()
        assert may_go.wait(PATIENCE_S)
        return whole(night)

    monkeypatch.setattr(forgetting, "weaken", weaken)

    def work():
        try:
            nightly.consolidate(owner.pk)
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(PATIENCE_S)
    try:
        nightly.consolidate(owner.pk)
    except nightly.NightRefused as why:
        refused.append(str(why))
    finally:
        may_go.set()
        thread.join()
    assert refused == ["Another worker has this character's night."]
    assert ConsolidationRun.objects.get().finished_at


def test_an_outage_is_written_down_and_the_night_stays_open(monkeypatch):
    owner = make_character()
    a_life(owner)
    whole = forgetting.settle

    def fails(night):
        raise DatabaseError("the server closed the connection")

    monkeypatch.setattr(forgetting, "settle", fails)
    with pytest.raises(DatabaseError):
        nightly.consolidate(owner.pk)
    assert "closed the connection" in ConsolidationRun.objects.get().error
    monkeypatch.setattr(forgetting, "settle", whole)
    run = nightly.consolidate(owner.pk)
    assert (run.error, bool(run.finished_at)) == ("", True)


def test_a_paused_character_has_no_night():
    owner = make_character()
    a_life(owner)
    pause_character(owner)
    before = picture(owner)
    with pytest.raises(nightly.NightRefused):
        nightly.consolidate(owner.pk)
    tasks.night(owner.pk)
    assert picture(owner) == before
    assert not ConsolidationRun.objects.exists()
    assert not LLMCall.objects.exists()


def test_a_character_that_is_paused_midway_rests_and_goes_on_later(monkeypatch):
    owner = make_character()
    a_life(owner)
    whole = consolidation.merge_duplicates

    def merge(night):
        pause_character(owner)
        return whole(night)

    monkeypatch.setattr(consolidation, "merge_duplicates", merge)
    run = nightly.consolidate(owner.pk)
    assert (run.finished_at, run.summarised) == (None, 0)
    assert not LLMCall.objects.exists()
    monkeypatch.setattr(consolidation, "merge_duplicates", whole)
    resume_character(owner)
    assert nightly.consolidate(owner.pk).summarised == 1


# --- tasks ----------------------------------------------------------------------------------------


def test_the_hourly_look_asks_for_what_is_due(monkeypatch):
    owner = make_character()
    Character.objects.update(created_at=timezone.now() - 3 * DAY)
    asked = []
    monkeypatch.setattr(tasks.night, "apply_async", lambda args, **_: asked.append(args))
    monkeypatch.setattr(tasks.audit, "apply_async", lambda **_: asked.append("audit"))
    tasks.nights()
    assert asked == [(owner.pk,), "audit"]
    tasks.night(owner.pk)
    tasks.audit()
    asked.clear()
    tasks.nights()
    assert asked == []


def test_a_night_asked_for_twice_is_had_once():
    owner = make_character()
    Character.objects.update(created_at=timezone.now() - 3 * DAY)
    tasks.night(owner.pk)
    tasks.night(owner.pk)
    assert ConsolidationRun.objects.count() == 1


def test_the_clock_sends_the_nights_hourly():
    from fishbowl.celery import app

    entry = app.conf.beat_schedule["nights"]
    assert (entry["task"], entry["schedule"]) == ("memories.nights", 3600.0)
    assert entry["options"]["queue"] == "upkeep"
    assert {"memories.nights", "memories.night", "memories.audit"} <= set(app.tasks)


def test_notes_that_have_expired_go_with_the_daily_audit(monkeypatch):
    owner, conversation = make_character(), make_conversation()
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)  # it takes no time
    for name, expires in (("old", now - 2 * DAY), ("new", now + DAY)):
        ScratchpadEntry.objects.create(
            conversation=conversation, character=owner, part="observation", content=name,
            created_at=now, expires_at=expires,
        )  # fmt: skip
    nightly.audit(now)
    assert ScratchpadEntry.objects.get().content == "new"
    assert HygieneRun.objects.get().finished_at == now
    assert not nightly.is_audit_due(now + dt.timedelta(hours=19))
    assert nightly.is_audit_due(now + dt.timedelta(hours=21))


def test_revisions_of_a_night_are_never_doubled():
    owner = make_character()
    a_life(owner)
    nightly.consolidate(owner.pk)
    nightly.consolidate(owner.pk)
    pairs = list(MemoryRevision.objects.values_list("memory", "reason"))
    assert len(pairs) == len(set(pairs)) == 7
