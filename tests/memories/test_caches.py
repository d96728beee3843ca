"""What a question brought up is kept, and never longer than it is true; hits are counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
import redis
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from characters.models import Character
from fishbowl import breaker
from memories import statistics
from memories.embedding import embedding
from memories.models import CacheStatistic, EmbeddingModel, Memory
from memories.recall import cache_counts, caches, redis_store
from memories.recall.caches import Result, looking, recalled, touch
from memories.recall.recall import recall
from memories.view import Audience, seen_by
from tests.builders import (
    make_character,
    make_memory,
    make_person,
    make_relationship,
)
from tests.memories.spaces import run

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_client")]
NOWHERE = "redis://127.0.0.1:1/0"


class Search:
    """Counts how often something was really looked for; finds its own number each time."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> Result:
        self.times += 1
        return ((self.times, 0.5),)


@pytest.fixture
def owner() -> Character:
    embedding.active()  # a first deployment writes its row, which a view may not
    return make_character()


@pytest.fixture
def search() -> Search:
    return Search()


@pytest.fixture(autouse=True)
def all_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "SHARED_FROM_S", 0.0)


def asks(owner: Character, search: Search, *parts: object) -> Result:
    view, *rest = parts or ("view", "what of the tides?")
    return recalled(looking(owner.pk, [embedding.active_model_id(), *rest])(), str(view), search)


def test_the_same_question_is_looked_for_once(owner: Character, search: Search) -> None:
    assert asks(owner, search) == asks(owner, search) == ((1, 0.5),)
    caches.forget_in_process()  # as good as another process
    assert asks(owner, search) == ((1, 0.5),)


def test_what_is_found_soon_is_not_shared(
    owner: Character, search: Search, monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis
) -> None:
    monkeypatch.setattr(caches, "SHARED_FROM_S", 60.0)
    assert asks(owner, search) == asks(owner, search) == ((1, 0.5),)
    assert not redis_client.keys("*:recalled:*")


@pytest.mark.parametrize(
    "other",
    [("another view", "what of the tides?"), ("view", "what of the ebb?"), ("view",)],
)
def test_another_question_or_view_is_another(
    owner: Character, search: Search, other: tuple[str, ...]
) -> None:
    asks(owner, search)
    assert asks(owner, search, *other) == ((2, 0.5),)


def test_another_owner_is_another(owner: Character, search: Search) -> None:
    asks(owner, search)
    assert asks(make_character(), search) == ((2, 0.5),)


def test_nobody_can_spoil_what_is_kept(owner: Character, search: Search) -> None:
    assert hash(asks(owner, search))  # nothing in it can be changed
    caches.forget_in_process()
    assert hash(asks(owner, search))


def test_what_is_remembered_since_is_found(owner: Character, search: Search) -> None:
    other = make_character()
    asks(owner, search)
    make_memory(other, "The tide took the boat.")
    assert asks(owner, search) == ((1, 0.5),)
    make_memory(owner, "The tide took the boat.")
    assert asks(owner, search) == ((2, 0.5),)
    make_memory(None, "Tides are high in spring.")  # lore is everybody's
    assert asks(owner, search) == ((3, 0.5),)


def test_what_is_not_committed_is_not_told(owner: Character, search: Search) -> None:
    asks(owner, search)
    with transaction.atomic():
        touch([owner.pk])
        transaction.set_rollback(True)
    assert asks(owner, search) == ((1, 0.5),)


def test_another_process_is_heard_of(owner: Character, search: Search) -> None:
    asks(owner, search)
    run(
        "shell",
        "--no-imports",
        "-c",
        f"from memories.recall.caches import touch; touch([{owner.pk}])",
    )
    assert asks(owner, search) == ((2, 0.5),)


def test_a_write_during_the_search_is_not_covered_by_it(owner: Character, search: Search) -> None:
    def while_another_writes() -> Result:
        found = search()
        touch([owner.pk])
        return found

    assert recalled(looking(owner.pk, [])(), "view", while_another_writes) == ((1, 0.5),)
    assert recalled(looking(owner.pk, [])(), "view", search) == ((2, 0.5),)


def test_a_change_of_trust_is_a_change_of_view(owner: Character, search: Search) -> None:
    person = make_person()
    bond = make_relationship(owner, person, trust=0.8)
    before = Audience(people=frozenset({person.pk}), community=bond.community_id)

    def ask() -> Result:
        with seen_by(owner.pk, before) as view:
            return recalled(looking(owner.pk, ["what of the tides?"])(), view.key, search)

    assert ask() == ask() == ((1, 0.5),)
    bond.trust = 0.2
    bond.save()
    assert ask() == ((2, 0.5),)
    bond.trust = 0.8
    bond.save()
    assert ask() == ((1, 0.5),)


def test_another_space_is_another(owner: Character, search: Search) -> None:
    asks(owner, search)
    EmbeddingModel.objects.update(is_active=False)
    EmbeddingModel.objects.create(name="kelp", dimensions=8, provider="server", is_active=True)
    embedding.forget_cached()
    assert asks(owner, search) == ((2, 0.5),)


def test_nothing_is_taken_from_a_cache_without_redis(
    owner: Character, search: Search, settings: Any
) -> None:
    asks(owner, search)
    settings.REDIS_URL = NOWHERE
    assert asks(owner, search) == ((2, 0.5),)
    assert asks(owner, search) == ((3, 0.5),)


def test_what_redis_was_not_told_it_is_told_first(
    owner: Character, search: Search, settings: Any
) -> None:
    asks(owner, search)
    reached, settings.REDIS_URL = settings.REDIS_URL, NOWHERE
    make_memory(owner, "The tide took the boat.")
    assert asks(owner, search) == ((2, 0.5),)
    settings.REDIS_URL = reached
    redis_store.forget_rest()
    assert asks(owner, search) == ((3, 0.5),)
    assert asks(owner, search) == ((3, 0.5),)


def test_a_redis_that_was_flushed_brings_nothing_back(
    owner: Character, search: Search, redis_client: redis.Redis
) -> None:
    for _ in range(3):
        touch([owner.pk])
        asks(owner, search)
    redis_client.flushdb()
    for times in range(4, 7):
        assert asks(owner, search) == ((times, 0.5),)
        touch([owner.pk])


def test_what_is_asked_now_is_read_later(redis_client: redis.Redis) -> None:
    redis_client.mset({"one": "1", "two": "2"})
    first, second = redis_store.asked_many(["one", "none"]), redis_store.asked_many(["two"])
    assert second() == [b"2"]
    assert first() == [b"1", None]
    redis_store.asked_many(["one"])  # and never read
    assert redis_store.asked_many(["two"])() == [b"2"]


def test_a_connection_that_redis_closed_is_opened_anew(redis_client: redis.Redis) -> None:
    redis_client.set("one", "1")
    assert redis_store.asked_many(["one"])() == [b"1"]
    redis_client.client_kill_filter(_type="normal", skipme=True)
    assert redis_store.asked_many(["one"])() == [b"1"]
    answer = redis_store.asked_many(["one"])
    redis_client.client_kill_filter(_type="normal", skipme=True)
    assert answer() == [b"1"]


def test_without_redis_nothing_is_waited_for(settings: Any) -> None:
    settings.REDIS_URL = NOWHERE
    assert redis_store.asked_many(["one"])() is None
    assert redis_store._breaker.is_open


def test_threads_that_come_and_go_use_up_no_connections(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    redis_store.set_many({"one": b"1"}, 60)
    pool = redis_store._client(settings.REDIS_URL).connection_pool
    monkeypatch.setattr(pool, "max_connections", pool._created_connections + 1)
    found: list[list[bytes | None] | None] = []
    for _ in range(4):
        thread = Thread(target=lambda: found.append(redis_store.asked_many(["one"])()))
        thread.start()
        thread.join()
    assert found == [[b"1"]] * 4
    assert redis_store.get_many(["one"]) == [b"1"]


def test_a_redis_that_fails_is_left_alone_for_a_while(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = NOWHERE
    asked: list[int] = []

    def question(client: redis.Redis) -> bool:
        asked.append(1)
        return bool(client.ping())

    assert redis_store.ask(question) is redis_store.ask(question) is None
    assert len(asked) == 1
    after = breaker.time.monotonic() + redis_store._breaker.rest_s
    monkeypatch.setattr(breaker.time, "monotonic", lambda: after)
    redis_store.ask(question)
    assert len(asked) == 2


def test_nothing_is_kept_for_long(
    owner: Character, search: Search, monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis
) -> None:
    asks(owner, search)
    (key,) = redis_client.keys("*:recalled:*")
    assert 0.89 * caches.KEPT_FOR_S < redis_client.pttl(key) / 1000 <= 1.1 * caches.KEPT_FOR_S
    redis_client.delete(key)
    now = caches.time.time()
    monkeypatch.setattr(caches.time, "time", lambda: now + 0.89 * caches.KEPT_FOR_S)
    assert asks(owner, search) == ((1, 0.5),)
    monkeypatch.setattr(caches.time, "time", lambda: now + 1.11 * caches.KEPT_FOR_S)
    assert asks(owner, search) == ((2, 0.5),)


def test_a_process_keeps_so_much_and_no_more(
    owner: Character, search: Search, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(caches, "MOST_IN_PROCESS", 3)
    for question in range(10):
        asks(owner, search, question)
    assert len(caches._kept) == 3


# --- how often they had it ------------------------------------------------------------------------


def totals() -> dict[str, tuple[int, int]]:
    return {one.cache: (one.hits, one.misses) for one in CacheStatistic.objects.all()}


def test_hits_and_misses_become_a_row_an_hour(owner: Character, search: Search) -> None:
    for _ in range(3):
        asks(owner, search)
    assert cache_counts.store(at_once=True) == 2
    assert totals() == {"recall, in process": (2, 1), "recall, Redis": (0, 1)}
    caches.forget_in_process()
    asks(owner, search)
    assert cache_counts.store(at_once=True) == 2
    assert totals() == {"recall, in process": (2, 2), "recall, Redis": (1, 1)}
    assert cache_counts.store(at_once=True) == 0
    assert CacheStatistic.objects.count() == 2


def test_looks_for_vectors_are_counted() -> None:
    embedding.embed(["a text of this test alone", "and another"])
    embedding.embed(["a text of this test alone"])
    cache_counts.store(at_once=True)
    assert totals() == {"vectors, in process": (1, 2)}


def test_every_process_adds_its_own() -> None:
    cache_counts.count("x", 1, 2)
    count = "from memories.recall.cache_counts import *; count('x', 10, 20); flush()"
    run("shell", "--no-imports", "-c", count)
    cache_counts.store(at_once=True)
    assert totals() == {"x": (11, 22)}


def test_counts_wait_for_redis(settings: Any) -> None:
    reached, settings.REDIS_URL = settings.REDIS_URL, NOWHERE
    cache_counts.count("x", 1, 2)
    assert cache_counts.store(at_once=True) == 0
    settings.REDIS_URL = reached
    redis_store.forget_rest()
    assert cache_counts.store(at_once=True) == 1
    assert totals() == {"x": (1, 2)}


def test_a_process_passes_its_counts_on_now_and_then(
    monkeypatch: pytest.MonkeyPatch, redis_client: redis.Redis
) -> None:
    def later(by_s: float) -> Callable[[], float]:
        then = cache_counts._flushed_at + by_s
        return lambda: then

    monkeypatch.setattr(cache_counts.time, "monotonic", later(29))
    cache_counts.count("x", 1, 0)
    assert redis_client.keys("*") == []
    monkeypatch.setattr(cache_counts.time, "monotonic", later(31))
    cache_counts.count("x", 1, 0)
    (key,) = redis_client.keys("*")
    assert sorted(redis_client.hgetall(key).values()) == [b"2"]


def test_the_sweep_stores_them_every_half_minute() -> None:
    cache_counts.count("x", 1, 2)
    assert cache_counts.store() == 1
    cache_counts.count("x", 1, 2)
    assert cache_counts.store() == 0
    assert totals() == {"x": (1, 2)}


def test_hours_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    for hour in (9, 10):
        at = dt.datetime(2026, 3, 4, hour, 59, tzinfo=dt.UTC)
        monkeypatch.setattr(cache_counts.timezone, "now", lambda at=at: at)
        cache_counts.count("x", hour, 0)
        cache_counts.store(at_once=True)
    assert [(one.hour.hour, one.hits) for one in CacheStatistic.objects.order_by("hour")] == [
        (9, 9), (10, 10),
    ]  # fmt: skip


def test_counting_needs_no_right_to_write(owner: Character, search: Search) -> None:
    """Recall counts within a view, whose role may only read."""
    cache_counts.flush()
    cache_counts._flushed_at -= 60
    with seen_by(owner.pk, Audience()):
        asks(owner, search)
    assert not connection.in_atomic_block
    cache_counts.store(at_once=True)
    assert totals()["recall, in process"] == (0, 1)


# --- as recall asks it ----------------------------------------------------------------------------


def _recalled(owner: Character, **asked: Any) -> list[str]:
    found = recall(
        owner.pk, Audience(people=frozenset({0})), "What did the heron drink?",
        now=dt.datetime(2026, 3, 4, 12, tzinfo=dt.UTC), floor=False, **asked,
    )  # fmt: skip
    return [one.content for one in found]


def test_recall_asks_it_and_its_looks_are_shown(owner: Character) -> None:
    make_memory(owner, "The heron drank the ink.", visibility="public")
    cache_counts.store(at_once=True)
    CacheStatistic.objects.all().delete()
    assert _recalled(owner) == _recalled(owner) == ["The heron drank the ink."]
    cache_counts.store(at_once=True)
    assert totals()["recall, in process"] == (1, 1)
    shown = {one["cache"]: one["rate"] for one in statistics.gather()["caches"]}
    assert shown["recall, in process"] == 0.5


def test_a_kept_result_does_not_outlive_what_was_allowed(owner: Character) -> None:
    """Not even where a change came by a way that tells no cache of it."""
    heron = make_memory(owner, "The heron drank the ink.", visibility="public")
    for change in (
        {"visibility": "private"},
        {"tier": "archived"},
        {"expires_at": dt.datetime(2026, 3, 4, tzinfo=dt.UTC)},
    ):
        allowed = {field: getattr(heron, field) for field in change}
        assert _recalled(owner) == ["The heron drank the ink."]
        Memory.objects.filter(pk=heron.pk).update(**change)
        assert _recalled(owner) == []
        Memory.objects.filter(pk=heron.pk).update(**allowed)
    Memory.objects.filter(pk=heron.pk).update(content="The heron drank the milk.")
    assert _recalled(owner) == ["The heron drank the milk."]
    Memory.objects.filter(pk=heron.pk).delete()
    assert _recalled(owner) == []


def test_recall_finds_what_another_process_stored(owner: Character) -> None:
    make_memory(owner, "The heron drank the ink.", visibility="public")
    assert _recalled(owner) == ["The heron drank the ink."]
    stored = f"""
from django.utils import timezone
from memories.writing import NewMemory, store
store([NewMemory(owner_id={owner.pk}, kind="experience", content="The heron drank the tea.",
    occurred_at=timezone.now(), visibility="public")])
"""
    run("shell", "--no-imports", "-c", stored)
    assert sorted(_recalled(owner)) == ["The heron drank the ink.", "The heron drank the tea."]


@pytest.mark.django_db
def test_keepers_see_how_often_caches_had_it(admin_client: Client, redis_client: object) -> None:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    for back, hits in ((0, 30), (3, 20)):
        CacheStatistic.objects.create(
            cache="recall, Redis", hour=hour - dt.timedelta(hours=back), hits=hits, misses=25
        )
    page = admin_client.get("/admin/audit/llmcall/performance/?days=1").content.decode()
    assert "<td>recall, Redis</td><td>100</td><td>50.0%</td>" in page
