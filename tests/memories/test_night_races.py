"""What others do to memories in the very moment in which a night or an audit works on them."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from conversations.people.erasure import forget_person
from memories import corrections, revising, tasks
from memories.models import ConsolidationRun, HygieneRun, Memory
from memories.nights import consolidation, contagion, forgetting, hygiene, nightly
from tests.builders import (
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
)
from tests.memories.racing import meanwhile
from tests.memories.test_consolidation import a_night
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize("keeper", ["locks it", "brings it back"])
def test_what_a_keeper_wants_kept_as_it_is_about_to_be_deleted_stays(keeper: str) -> None:
    owner = make_character()
    wanted = make_memory(owner, "An old song.")
    make_memory(owner, "An old tune.")
    Memory.objects.update(tier="archived", decayed_on=(timezone.now() - 100 * DAY).date())

    def keep() -> None:
        if keeper == "locks it":
            corrections.set_locked([wanted.pk], True)
        else:
            Memory.objects.filter(pk=wanted.pk).update(tier="long", strength=1.0)

    assert meanwhile(keep, lambda: forgetting.forget(a_night(owner, timezone.now()))) == 1
    assert Memory.objects.get() == wanted
    assert ConsolidationRun.objects.get().forgotten == 1


def talk_of_ferries(owner: Any, **fields: Any) -> None:
    for n in range(4):
        make_memory(
            owner,
            f"Sam said: “The ferry is late because of the tide again, day {n}.”",
            text=f"The ferry is late because of the tide again, day {n}.",
            **{
                "kind": "conversation",
                "visibility": "public",
                "importance": 4,
                "occurred_at": timezone.now() - 10 * DAY,
                **fields,
            },
        )


def sum_up(owner: Any) -> None:
    assert consolidation.summarise_clusters(a_night(owner, timezone.now()), lambda: True) == 1


def test_a_summary_that_is_just_being_made_of_somebodys_words_goes_with_them() -> None:
    owner, sam = make_character(), make_person("Sam")
    talk_of_ferries(owner, told_by_person_id=sam.pk)
    meanwhile(lambda: sum_up(owner), lambda: forget_person(sam, "a keeper", timezone.now()))
    assert not Memory.objects.exists()


def test_a_summary_that_is_just_being_made_of_words_taken_back_goes_with_them() -> None:
    owner, sam = make_character(), make_person("Sam")
    message = make_message(make_conversation(), sam)
    talk_of_ferries(owner)
    line = Memory.objects.earliest("pk")
    Memory.objects.filter(pk=line.pk).update(source_message=message)
    meanwhile(lambda: sum_up(owner), lambda: revising.change(message.pk, None))
    assert Memory.objects.count() == 3
    assert not Memory.objects.filter(Q(kind="summary") | Q(tier="archived")).exists()


def test_who_is_written_of_at_this_moment_is_forgotten_all_the_same() -> None:
    owner, sam = make_character(), make_person("Sam")
    make_memory(owner, "Sam sails.", about_person_id=sam.pk)

    def hold() -> None:
        Memory.objects.update(strength=0.5)

    def write() -> None:  # waits for the person, whom the erasure holds
        make_memory(owner, "Sam rows.", about_person_id=sam.pk)

    receipt = meanwhile(hold, lambda: forget_person(sam, "a keeper", timezone.now()), write)
    assert receipt.counts["memories.Memory"] in (1, 2)  # the second, if it came first
    assert not Memory.objects.exists()


@pytest.mark.parametrize("who", ["a night", "a keeper"])
def test_what_repeats_a_memory_that_has_just_left_recall_stays(who: str) -> None:
    owner = make_character()
    first = make_memory(owner, "The ferry is late, and the tide is out.")
    again = make_memory(owner, "the ferry is late and the tide is out!", importance=6.0)

    def happen() -> None:
        if who == "a night":
            assert consolidation.merge_duplicates(a_night(owner, timezone.now())) == 1
        else:
            Memory.objects.filter(pk=first.pk).update(content="The ferry is in.")

    run = meanwhile(happen, hygiene.audit)
    assert run.found == 0
    again.refresh_from_db()
    assert (again.tier, again.merged_into) == ("short", None)


def test_one_worker_at_a_time_audits(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, may_go = threading.Event(), threading.Event()

    def notice_all(now: dt.datetime) -> int:
        inside.set()
        assert may_go.wait(PATIENCE_S)
        return contagion.notice_all(now)

    monkeypatch.setattr("memories.nights.nightly.notice_all", notice_all)

    def audit() -> None:
        try:
            nightly.audit()
        finally:
            connection.close()

    auditing = threading.Thread(target=audit)
    auditing.start()
    try:
        assert inside.wait(PATIENCE_S)
        with pytest.raises(CommandError, match="Another worker audits at this moment"):
            call_command("hygiene")
        tasks.audit()
    finally:
        may_go.set()
        auditing.join()
    assert HygieneRun.objects.get().finished_at
