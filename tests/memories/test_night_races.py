"""What others do to memories in the very moment in which a night or an audit works on them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone

from conversations.people.erasure import forget_person
from memories import corrections, revising
from memories.models import ConsolidationRun, Memory
from memories.nights import consolidation, forgetting
from memories.nights.forgetting import Night
from memories.rules import MemoryRules
from tests.builders import (
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
)
from tests.memories.racing import meanwhile

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)


def a_night(owner: Any) -> Night:
    now = timezone.now()
    run, _ = ConsolidationRun.objects.get_or_create(
        character=owner, finished_at=None, defaults={"started_at": now}
    )
    return Night(run.pk, owner.pk, now.date(), now, "UTC", MemoryRules())


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

    assert meanwhile(keep, lambda: forgetting.forget(a_night(owner))) == 1
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
    assert consolidation.summarise_clusters(a_night(owner), lambda: True) == 1


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
