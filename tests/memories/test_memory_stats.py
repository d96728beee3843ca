"""The figures that keepers see."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
import redis
from django.core.management import call_command

from memories import statistics
from memories.embedding import reembedding
from memories.embedding.embedding import active, embed
from memories.models import ConsolidationRun, Memory, MemoryShare, PersonFact
from memories.recall import cache_counts
from memories.writing import NewMemory, store_embedded
from tests.builders import NOON, make_character, make_memory, make_person
from tests.memories.spaces import Spaces, name_server

pytestmark = pytest.mark.django_db(transaction=True)


def shown(*arguments: str) -> str:
    out = io.StringIO()
    call_command("memory_stats", *arguments, stdout=out, no_color=True)
    return out.getvalue()


@pytest.fixture
def society(redis_client: redis.Redis) -> None:
    ada, mara = make_character("Ada"), make_character("Mara")
    for strength in (0.2, 0.4, 0.6, 0.8, 1.0):
        memory = make_memory(ada, kind=Memory.Kind.CONVERSATION)
        Memory.objects.filter(pk=memory.pk).update(strength=strength)
    insight = make_memory(ada, kind=Memory.Kind.INSIGHT, tier=Memory.Tier.LONG)
    Memory.objects.filter(pk=insight.pk).update(is_locked=True, strength=0.6)
    store_embedded([NewMemory(mara.pk, "gossip", "The pier burnt.", NOON, tier="archived")], [None])
    make_memory(None, "Springs come Thursday.")
    PersonFact.objects.create(
        person=make_person(), character=mara, fact_type="hobby", fact_content="sails",
        learned_at=NOON,
    )  # fmt: skip
    MemoryShare.objects.create(
        source_character=ada, target_character=mara, memory=insight, permission_level="basic",
        trust_level_at_sharing=0.2, trust_required=0.3, status="refused", reason="too little trust",
        shared_at=NOON,
    )  # fmt: skip
    ConsolidationRun.objects.create(
        character=ada, started_at=NOON, finished_at=NOON, examined=6, merged=2
    )
    embed(["the same"])
    embed(["the same"])


@pytest.mark.usefixtures("society")
def test_figures_as_json() -> None:
    figures = json.loads(shown("--json"))
    assert figures["embedding"]["active"] == active().name
    assert figures["embedding"]["trouble"] == ""
    totals = figures["totals"]
    assert (totals["memories"], totals["without_vector"], totals["archived"]) == (8, 1, 1)
    assert (totals["facts"], totals["shares"], totals["of_another_model"]) == (1, 1, 0)
    ada, mara, lore = figures["characters"]
    assert (ada["name"], ada["memories"], ada["locked"]) == ("Ada", 6, 1)
    assert ada["kinds"] == {"conversation": 5, "insight": 1}
    assert ada["tiers"] == {"short": 5, "long": 1}
    assert ada["strength"]["p50"] == pytest.approx(0.6)
    assert ada["strength"]["p10"] == pytest.approx(0.3)
    assert (mara["name"], mara["without_vector"], mara["facts"]) == ("Mara", 1, 1)
    assert (lore["name"], lore["kinds"]) == (None, {"lore": 1})
    assert figures["shares"] == [
        {"giver": "Ada", "taker": "Mara", "status": "refused", "shares": 1}
    ]
    (run,) = figures["consolidation"]
    assert (run["name"], run["runs"], run["merged"], run["under_way"]) == ("Ada", 1, 2, 0)
    cache = next(one for one in figures["caches"] if one["cache"] == "vectors, in process")
    assert cache["hits"] >= 1 and 0 < cache["rate"] < 1
    sizes = {one["name"]: one for one in figures["tables"]}
    assert sizes["memories_memory"]["indexes"]["memory_search"] > 0


@pytest.mark.usefixtures("society")
def test_figures_as_tables() -> None:
    said = shown()
    assert f"Embedding: {active().name} (256 dimensions, wordllama)." in said
    assert "memories 8, without vector 1" in said
    lines = [line.split() for line in said.splitlines()]
    assert ["Ada", "6", "0", "1", "0.30/0.60/0.90", "0"] in lines
    assert ["Mara", "1", "1", "0", "1.00/1.00/1.00", "1"] in lines
    assert ["(lore)", "1", "0", "0", "1.00/1.00/1.00", "0"] in lines
    assert ["Ada", "Mara", "refused", "1"] in lines
    assert ["Ada", "1", "2026-03-04", "12:00", "0", "0", "6", "2", "0", "0", "0", "0"] in lines
    assert any(line[:1] == ["memories_memory"] and "memory_search" in line for line in lines)


def test_an_empty_society_has_figures(redis_client: redis.Redis) -> None:
    said = shown()
    assert "memories 0" in said
    assert "Characters" not in said


def test_a_change_of_space_shows(settings: Any, redis_client: redis.Redis) -> None:
    make_memory(make_character())
    with Spaces(dimensions=8) as server:
        name_server(settings, server, "reef", 8)
        with reembedding.begin("reef") as change:
            change.catch_up()
        said = shown()
    assert "Changing to reef: 1 of 1 vectors wait." in said
    assert "manage.py reembed --model reef" in said


@pytest.mark.usefixtures("society")
def test_it_asks_the_same_few_questions_however_many_there_are(
    django_assert_num_queries: Any,
) -> None:
    cache_counts.store(at_once=True)
    with django_assert_num_queries(10):
        statistics.gather()
    for _ in range(5):
        make_memory(make_character())
    with django_assert_num_queries(10):
        statistics.gather()
