"""The like become one, old talk becomes a summary, and both can be taken apart again."""

from __future__ import annotations

import datetime as dt
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from audit.calls import budgets
from audit.models import LLMCall
from memories.formation.echo import content_words
from memories.models import ConsolidationRun, Memory, MemoryRevision
from memories.nights import condensing, consolidation, forgetting
from memories.nights.forgetting import Night
from memories.rules import MemoryRules
from tests.builders import (
    make_budget,
    make_character,
    make_community,
    make_conversation,
    make_message,
    make_person,
)
from tests.builders import (
    make_memory as store,
)
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()
OLD = NOW - dt.timedelta(days=10)
FERRY = (
    "Bram said: “The ferry was late again because of the tide.”",
    "Tamsin said: “The ferry was late again this morning, wind against tide.”",
    "Odile said: “Because of the tide the ferry was late again today.”",
    "Bram said: “The ferry is late again, it must be the tide.”",
)


def a_night(owner, now=NOW, **rules) -> Night:
    run, _ = ConsolidationRun.objects.get_or_create(
        character=owner, finished_at=None, defaults={"started_at": now}
    )
    return Night(run.pk, owner.pk, now.date(), now, "UTC", MemoryRules(**rules))


def a_run() -> ConsolidationRun:
    return ConsolidationRun.objects.get()


def always() -> bool:
    return True


def of_ferries(owner, **fields) -> list[Memory]:
    return [
        store(
            owner,
            line,
            text=line.partition(" said: ")[2].strip("“”"),
            **{
                "kind": "conversation",
                "visibility": "public",
                "occurred_at": OLD + dt.timedelta(hours=n),
                "importance": 4.0,
                **fields,
            },
        )
        for n, line in enumerate(FERRY)
    ]


def standing(owner) -> dict[int, tuple]:
    """All that `unmerge` must bring back."""
    return {
        row.pk: (row.tier, row.strength, row.merged_into_id, row.content, row.visibility,
                 row.confidence, row.importance, row.provenance, row.told_by_character_id,
                 row.metadata)
        for row in Memory.objects.filter(owner=owner)
    }  # fmt: skip


# --- the same thing twice -------------------------------------------------------------------------

TWICE = (
    "Ada keeps her grandmother's brass telescope in the attic of the old house.",
    "Ada keeps her grandmother's brass telescope in the old house, in the attic.",
)


def test_the_same_thing_twice_becomes_one():
    owner = make_character()
    one, other = (store(owner, text) for text in TWICE)
    assert consolidation.merge_duplicates(a_night(owner)) == 1
    one.refresh_from_db()
    other.refresh_from_db()
    kept, dropped = (one, other) if other.merged_into_id else (other, one)
    assert dropped.merged_into_id == kept.pk
    assert (kept.tier, dropped.tier) == ("short", "archived")
    revision = MemoryRevision.objects.get()
    assert (revision.memory, revision.replaced_by) == (dropped, kept)
    assert (revision.reason, revision.content_before) == ("consolidation", dropped.content)
    assert a_run().merged == 1


def test_what_stands_for_both_is_trusted_as_the_less_trusted_and_weighs_as_the_heavier():
    owner, mara = make_character(), make_character("Mara")
    store(owner, TWICE[0], confidence=0.9, importance=3, provenance="witnessed")
    told = store(
        owner, TWICE[1], confidence=0.4, importance=6, provenance="told",
        told_by_character_id=mara.pk,
    )  # fmt: skip
    consolidation.merge_duplicates(a_night(owner))
    kept = Memory.objects.get(merged_into=None, owner=owner)
    assert (kept.confidence, kept.importance, kept.provenance) == (0.4, 6, "told")
    assert kept.told_by_character == mara
    assert kept == told


@pytest.mark.parametrize(
    "differing",
    [
        {"visibility": "full"},
        {"kind": "fact"},
        {"about_person_id": "person"},
        {"told_by_person_id": "person"},
        {"community_id": "community"},
        {"is_locked": True},
    ],
)
def test_what_differs_in_this_is_never_merged(differing):
    owner = make_character()
    values = {
        name: {"person": make_person, "community": make_community}[value]().pk
        if isinstance(value, str) and name.endswith("_id")
        else value
        for name, value in differing.items()
    }
    one, _ = (store(owner, text) for text in TWICE)
    Memory.objects.filter(pk=one.pk).update(**values)
    assert consolidation.merge_duplicates(a_night(owner)) == 0


@pytest.mark.parametrize(
    "other",
    [
        "Ada does not keep her grandmother's brass telescope in the attic of the old house.",
        "Ada keeps her grandfather's brass telescope in the attic of the old house.",
        "Ada keeps her grandmother's 2 brass telescopes in the attic of the old house.",
        "Bea keeps her grandmother's brass telescope in the attic of the old house.",
    ],
)
def test_alike_is_not_the_same(other):
    owner = make_character()
    three = "Ada keeps her grandmother's 3 brass telescopes in the attic of the old house."
    store(owner, three if "2" in other else TWICE[0])
    store(owner, other)
    assert consolidation.merge_duplicates(a_night(owner, merge_from=0.5)) == 0


def test_nobodys_memories_are_merged_with_anothers():
    for text in TWICE:
        store(make_character(), text)
    owner = Memory.objects.first().owner
    assert consolidation.merge_duplicates(a_night(owner)) == 0


def test_what_was_merged_is_brought_back_exactly():
    owner, mara = make_character(), make_character("Mara")
    store(owner, TWICE[0], confidence=0.9, importance=3, tier="long", metadata={"seen": "a cat"})
    store(owner, TWICE[1], confidence=0.4, provenance="told", told_by_character_id=mara.pk)
    Memory.objects.filter(content=TWICE[0]).update(strength=0.6)
    before = standing(owner)
    consolidation.merge_duplicates(a_night(owner))
    assert standing(owner) != before
    kept = Memory.objects.get(merged_into=None)
    assert len(consolidation.unmerge(kept.pk)) == 1
    assert standing(owner) == before
    assert consolidation.merge_duplicates(a_night(owner)) == 0  # the keeper knows better


# --- many of one matter ---------------------------------------------------------------------------


def test_old_talk_of_one_matter_becomes_a_summary():
    owner, ada = make_character("Nneka"), make_person("Ada")
    lines = of_ferries(owner)
    message = make_message(make_conversation(), ada)
    Memory.objects.filter(pk=lines[0].pk).update(
        confidence=0.3, importance=6, source_message=message
    )
    assert consolidation.summarise_clusters(a_night(owner), always) == 1
    summary = Memory.objects.get(kind="summary")
    assert {s.from_memory_id for s in summary.sources.all() if s.from_memory_id} == {
        line.pk for line in lines
    }
    assert summary.sources.get(from_message__isnull=False).from_message == message
    assert (summary.provenance, summary.tier, summary.visibility) == ("derived", "long", "public")
    assert (summary.confidence, summary.importance) == (0.3, 6)
    assert summary.occurred_at == lines[-1].occurred_at
    assert summary.embedding is not None
    assert content_words(summary.content) >= content_words("ferry tide")
    assert set(Memory.objects.filter(merged_into=summary).values_list("tier", flat=True)) == {
        "archived"
    }
    revisions = MemoryRevision.objects.filter(replaced_by=summary, reason="consolidation")
    assert revisions.count() == len(lines)
    assert (a_run().summarised, a_run().archived) == (1, 4)


def test_a_summary_is_found_by_words_of_its_sources_that_it_leaves_out():
    owner = make_character()
    of_ferries(owner)
    consolidation.summarise_clusters(a_night(owner), always)
    summary = Memory.objects.get(kind="summary")
    all_words = content_words(" ".join(FERRY)) - {"said", "bram", "tamsin", "odile"}
    assert all_words <= content_words(f"{summary.content} {summary.found_by}")


def test_a_day_later_it_finds_nothing_left_to_sum_up():
    owner = make_character()
    of_ferries(owner)
    assert consolidation.summarise_clusters(a_night(owner), always) == 1
    assert consolidation.summarise_clusters(a_night(owner), always) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"occurred_at": NOW - dt.timedelta(days=6)},
        {"importance": 7.0},
        {"kind": "fact"},
        {"tier": "archived"},
        {"is_locked": True},
        {"last_accessed_at": NOW - dt.timedelta(days=2)},
        {"expires_at": NOW + dt.timedelta(days=2)},
    ],
)
def test_it_leaves_alone_what_is(fields):
    owner = make_character()
    of_ferries(owner)
    Memory.objects.update(**fields)
    assert consolidation.summarise_clusters(a_night(owner), always) == 0


def test_two_alike_are_no_cluster():
    owner = make_character()
    lines = of_ferries(owner)
    Memory.objects.filter(pk__in=[line.pk for line in lines[2:]]).delete()
    assert consolidation.summarise_clusters(a_night(owner), always) == 0


def test_what_is_for_other_ears_or_of_another_person_is_not_mixed_in():
    owner, ada = make_character(), make_person("Ada")
    lines = of_ferries(owner)
    Memory.objects.filter(pk=lines[0].pk).update(visibility="full")
    Memory.objects.filter(pk=lines[1].pk).update(about_person=ada)
    assert consolidation.summarise_clusters(a_night(owner), always) == 0


def test_what_somebody_confided_keeps_its_own_words():
    owner, ada = make_character(), make_person("Ada")
    of_ferries(owner, visibility="full", told_by_person_id=ada.pk)
    assert consolidation.summarise_clusters(a_night(owner), always) == 0


def test_without_a_budget_there_is_no_call_and_no_summary(monkeypatch, settings):
    owner = make_character()
    of_ferries(owner)
    make_budget(character=owner, tokens=10)
    budgets.forget_none()
    monkeypatch.setattr(condensing.ledger, "expected_of", lambda _: (1000, 0))
    assert consolidation.summarise_clusters(a_night(owner), always) == 0
    assert not LLMCall.objects.filter(purpose="consolidate").exists()
    assert not Memory.objects.filter(tier="archived").exists()


def test_every_call_is_a_row():
    owner = make_character()
    of_ferries(owner)
    consolidation.summarise_clusters(a_night(owner), always)
    call = LLMCall.objects.get(purpose="consolidate")
    assert call.character_id == owner.pk


@pytest.mark.parametrize("said", ["", "I'm sorry, I can't help with that request today."])
def test_an_excuse_is_no_summary(monkeypatch, said):
    owner = make_character()
    of_ferries(owner)
    voice = condensing.ledger.offline_voice()
    whole = type(voice).complete

    def complete(self, request):
        from dataclasses import replace

        return replace(whole(self, request), text=said)

    monkeypatch.setattr(type(voice), "complete", complete)
    assert consolidation.summarise_clusters(a_night(owner), always) == 0
    assert not Memory.objects.filter(tier="archived").exists()


def test_what_is_locked_while_the_voice_speaks_is_left_alone(monkeypatch):
    owner = make_character()
    lines = of_ferries(owner)
    whole = consolidation.condense

    def condense(*args, **options):
        Memory.objects.filter(pk=lines[1].pk).update(is_locked=True)
        return whole(*args, **options)

    monkeypatch.setattr(consolidation, "condense", condense)
    assert consolidation.summarise_clusters(a_night(owner), always) == 0
    assert not Memory.objects.filter(kind="summary").exists()
    assert not Memory.objects.filter(tier="archived").exists()


def test_a_summary_is_taken_apart_exactly_and_not_made_again():
    owner = make_character()
    lines = of_ferries(owner)
    Memory.objects.filter(pk=lines[0].pk).update(tier="long", strength=0.5)
    before = standing(owner)
    consolidation.summarise_clusters(a_night(owner), always)
    summary = Memory.objects.get(kind="summary")
    Memory.objects.filter(pk=lines[0].pk).update(strength=0.9)  # said again meanwhile
    assert consolidation.unmerge(summary.pk) == [line.pk for line in lines]
    after = standing(owner)
    assert after.pop(summary.pk)[0] == "archived"
    assert after == before
    assert consolidation.summarise_clusters(a_night(owner), always) == 0


def test_taking_apart_is_a_command():
    owner = make_character()
    lines = of_ferries(owner)
    consolidation.summarise_clusters(a_night(owner), always)
    out = StringIO()
    call_command("unmerge", str(Memory.objects.get(kind="summary").pk), stdout=out)
    assert str(lines[0].pk) in out.getvalue()
    with pytest.raises(CommandError, match="Nothing is merged"):
        call_command("unmerge", str(lines[0].pk))


def test_two_workers_make_one_summary(monkeypatch):
    owner = make_character()
    of_ferries(owner)
    night = a_night(owner)
    together, whole = threading.Barrier(2), consolidation.condense

    def condense(*args, **options):
        together.wait(PATIENCE_S)
        return whole(*args, **options)

    monkeypatch.setattr(consolidation, "condense", condense)
    made = []

    def work():
        try:
            made.append(consolidation.summarise_clusters(night, always))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 1]
    assert Memory.objects.filter(kind="summary").count() == 1
    assert (a_run().summarised, a_run().archived) == (1, 4)


def test_a_thousand_lines_of_small_talk_come_down_to_little():
    owner = make_character()
    things = ("kettle", "ferry", "gull", "lamp", "rope")
    for n in range(60):
        thing = things[n % 5]
        store(
            owner,
            f"Bram said: “The {thing} is on my mind again, day {n} of the old {thing}.”",
            kind="conversation",
            visibility="public",
            occurred_at=OLD + dt.timedelta(minutes=n),
            importance=2.0,
        )
    night = a_night(owner)
    made = consolidation.summarise_clusters(night, always)
    live = Memory.objects.recallable().count()
    assert made >= 3
    assert live <= 20
    assert forgetting.settle(night) == 0  # nothing of it was weak
