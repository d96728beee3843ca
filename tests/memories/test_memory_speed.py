"""The benchmark of memory's speed: what it fills the table with, and how it shares that out."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from benchmarks import memory_load, memory_speed
from benchmarks.filled import fill
from benchmarks.memory_speed import measured, shared_out, targets
from benchmarks.remembered import unsaid
from benchmarks.report import Report
from memories.models import Memory
from memories.recall.recall import recall
from memories.view import Audience
from tests.builders import make_character


@pytest.mark.parametrize("total", memory_speed.TOTALS)
def test_fifty_characters_share_out_all_of_it(total: int) -> None:
    sizes = shared_out(total)
    assert (len(sizes), sum(sizes)) == (50, total)
    assert max(sizes[len(measured(total)) :]) - min(sizes[len(measured(total)) :]) <= 1


def test_single_ones_have_much_where_the_total_allows() -> None:
    assert measured(10_000) == [200, 2000]
    assert measured(100_000) == [200, 2000, 20_000]
    assert measured(1_000_000) == [200, 2000, 20_000, 100_000]


def test_only_what_is_measured_has_a_target() -> None:
    alone = {target.figure for target in targets([10_000])}
    assert alone == {
        "recall_to_bare_200_of_10000",
        "recall_ms_2000_of_10000_p95",
        "recall_to_bare_2000_of_10000",
        "batched_adds_a_second_10000",
    }
    assert "growth_2000" in {target.figure for target in targets([10_000, 1_000_000])}


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = 'memories_memory'")
        return {definition for (definition,) in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_client")
def test_rows_are_as_the_service_has_them_and_the_indexes_stay() -> None:
    wren, edda = make_character("Wren"), make_character("Edda")
    before = indexes()
    for _ in range(2):  # the second empties what the first filled
        assert fill({wren.pk: 60, edda.pk: 20}) == 80
    assert indexes() == before
    assert Memory.objects.filter(owner=edda).count() == 20
    memory = Memory.objects.filter(owner=wren, visibility=Memory.Visibility.PUBLIC).earliest("pk")
    question = f"What about {unsaid(memory.content)}"
    hits = recall(wren.pk, Audience(), question, now=timezone.now(), limit=3)
    (found,) = (hit for hit in hits if hit.id == memory.pk)
    assert found.parts["matched"] > 0.8  # its words are found by
    assert found.parts["near"] > 0.5  # and its vector is of the space that is asked in


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_client")
def test_each_way_of_storing_stores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_load, "ADDED", 6)
    monkeypatch.setattr(memory_load, "BATCHES", 3)
    monkeypatch.setattr(memory_load, "A_BATCH", 5)
    report = Report("memory_speed")
    memory_load.add(report, 0, [make_character("Wren").pk])
    assert set(report.figures) == {
        "bare_adds_a_second_0_1_thread",
        "adds_a_second_0_1_thread",
        "bare_adds_a_second_0_8_threads",
        "adds_a_second_0_8_threads",
        "batched_adds_a_second_0",
    }
    assert Memory.objects.count() == 3 * (4 * 2 + 5)
