"""Whoever remembers much has indexes of its own, and recalls through them what it would without."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from audit.configuration import configuration
from benchmarks.remembered import Talk, stretches
from characters.models import Character, Person, Relationship
from memories import tasks
from memories.embedding import embedding
from memories.models import EmbeddingModel, Memory
from memories.recall import caches, indexes
from memories.recall import recall as recall_module
from memories.recall.asked import Asked
from memories.recall.asking import understood, with_entities
from memories.recall.indexes import Work, due, index_prefix, keep_up
from memories.recall.recall import recall
from memories.recall.recall_sql import Statement, exact, narrowed
from memories.recall.weights import Weights
from memories.view import Audience, directly_seen_by, seen_by
from memories.writing import NewMemory, store
from tests.builders import (
    NOON,
    make_character,
    make_community,
    make_memory,
    make_person,
    make_relationship,
)
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_client")]
PLACES = "harbour orchard quarry chapel meadow ferry cellar lighthouse market bakery"
THINGS = "lantern basket anchor ribbon kettle saddle compass violin ledger candle rope spade"
DEEDS = "mended carried painted hid found borrowed polished dropped weighed buried"
COMMON = "the old thing and its owner came back again before dark"


@pytest.fixture
def few(redis_client: object) -> Iterator[None]:
    """An index is for whoever remembers a hundred things."""
    embedding.active()
    configuration.set_value("memory", "recall_index_from", 100)
    yield
    with connection.cursor() as cursor:
        for name in standing():
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


def standing() -> dict[str, bool]:
    with connection.cursor() as cursor:
        return indexes._standing(cursor)


def much(owner: Character, count: int, **fields: object) -> list[int]:
    """So many memories of an owner, of talk in stretches of ten lines."""
    rng = Random(count)
    stored = store(
        [
            NewMemory(
                owner_id=owner.pk,
                kind="conversation",
                content=f"{_line(rng)} word{rng.randint(0, count // 4)} tale{n}",
                occurred_at=NOON - dt.timedelta(minutes=count - n),
                session_key=f"{owner.pk}:{n // 10}",
                sequence=n % 10 + 1,
                **fields,  # type: ignore[arg-type]
            )
            for n in range(count)
        ]
    )
    return [one.id for one in stored]


def _line(rng: Random) -> str:
    rare = [rng.choice(words.split()) for words in (PLACES, DEEDS, THINGS)]
    return " ".join([*rare, *rng.sample(COMMON.split(), 4)])


def mine(owner: Character) -> str:
    """The name of the index that ends with what the owner remembers now."""
    last = Memory.objects.filter(owner=owner).latest("pk").pk
    return f"{index_prefix(owner.pk, embedding.active_model_id())}{last}"


def both(owner: Character) -> tuple[str, str]:
    """And beside it the one of its words."""
    name = mine(owner)
    return name, f"{indexes.WORDS}{owner.pk}_{name.rpartition('_')[2]}"


def whole(owner: Character) -> dict[str, bool]:
    return dict.fromkeys(both(owner), True)


# --- who has one ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("few")
def test_it_is_built_for_who_remembers_much_and_for_nobody_else() -> None:
    ada, bram = make_character(), make_character()
    much(ada, 100)
    much(bram, 99)
    assert due() == Work(build=(ada.pk,))
    assert keep_up() == Work(build=(ada.pk,))
    assert standing() == whole(ada)
    assert not due()
    assert not keep_up()


@pytest.mark.usefixtures("few")
def test_it_goes_when_much_is_forgotten_but_not_at_once() -> None:
    ada = make_character()
    ids = much(ada, 100)
    keep_up()
    Memory.objects.filter(pk__in=ids[:40]).delete()
    assert not due()
    Memory.objects.filter(pk=ids[40]).delete()
    assert keep_up() == Work(drop=both(ada))
    assert standing() == {}


@pytest.mark.usefixtures("few")
def test_what_came_since_is_found_beside_the_index_until_it_is_much() -> None:
    ada = make_character()
    much(ada, 100)
    keep_up()
    before = both(ada)
    # What is unlike the others isn't always found through an index of many that are nearly alike.
    said = ["The heron drank the ink.", *(_line(Random(n)) for n in range(40))]
    new = [NewMemory(ada.pk, "diary", content, NOON, visibility="public") for content in said]
    heron = store(new[:40])[0]
    assert not due()
    assert heron.id in nearest(ada, heron.id, int(before[0].rpartition("_")[2]))
    store(new[40:])
    assert keep_up() == Work(drop=before, build=(ada.pk,))
    assert standing() == whole(ada)
    assert not due()
    assert heron.id in nearest(ada, heron.id, int(mine(ada).rpartition("_")[2]))


def nearest(owner: Character, to: int, until: int) -> list[int]:
    """What is looked at for its vector alone, near to a memory's, with an index that ends there."""
    with seen_by(owner.pk, Audience()) as view:
        view.cursor.execute(
            """
            SELECT ids FROM memories_candidates(
                (SELECT embedding FROM memories_memory WHERE id = %s), %s, '{}', '{}', '{}', NULL,
                2, NULL, NULL, %s, %s, .6, 32)
            """,
            [to, embedding.active_model_id(), NOON, until],
        )
        ((ids,),) = view.cursor.fetchall()
    return list(ids)


@pytest.mark.usefixtures("few")
def test_an_index_without_an_end_gives_way_to_one_with() -> None:
    """As they were until migration 0009."""
    ada = make_character()
    much(ada, 100)
    keep_up()
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER INDEX {mine(ada)} RENAME TO {mine(ada).rpartition('_')[0]}")
    unending = mine(ada).rpartition("_")[0]
    assert keep_up() == Work(drop=(unending, both(ada)[1]), build=(ada.pk,))
    assert standing() == whole(ada)


@pytest.mark.usefixtures("few")
def test_an_index_without_that_of_the_words_gets_it() -> None:
    """As they were until migration 0014."""
    ada = make_character()
    much(ada, 100)
    keep_up()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP INDEX {both(ada)[1]}")
    assert keep_up() == Work(drop=(mine(ada),), build=(ada.pk,))
    assert standing() == whole(ada)
    assert not due()


@pytest.mark.usefixtures("few")
def test_a_space_that_was_left_takes_its_indexes_along() -> None:
    ada = make_character()
    much(ada, 100)
    keep_up()
    names = both(ada)
    EmbeddingModel.objects.update(is_active=False)
    EmbeddingModel.objects.create(name="kelp", dimensions=8, provider="server", is_active=True)
    embedding.forget_cached()
    assert keep_up() == Work(drop=names)
    assert standing() == {}


@pytest.mark.usefixtures("few")
def test_half_an_index_is_made_anew() -> None:
    """A builder that is killed leaves an index that is marked invalid, and no lock."""
    ada = make_character()
    much(ada, 100)
    words = both(ada)[1]
    failed: list[DatabaseError] = []

    def build() -> None:
        try:
            keep_up()
        except DatabaseError as error:
            failed.append(error)
        finally:
            connection.close()

    with psycopg.connect(**_reached()) as writer:  # for whose end a concurrent build waits
        writer.execute("UPDATE memories_memory SET importance = 6")
        builder = threading.Thread(target=build)
        builder.start()
        deadline = time.monotonic() + PATIENCE_S
        while standing() != {words: False} and time.monotonic() < deadline:
            pass
        assert due() == Work(drop=(words,), build=(ada.pk,))
        assert not keep_up()  # while another is at it
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE '%CREATE INDEX CONCURRENTLY%' AND pid <> pg_backend_pid()"
            )
        builder.join(20)
    assert failed
    assert standing() == {words: False}
    assert keep_up() == Work(drop=(words,), build=(ada.pk,))
    assert standing() == whole(ada)


def _reached() -> dict[str, Any]:
    known = connection.get_connection_params()
    return {
        name: known[name]
        for name in ("dbname", "user", "password", "host", "port")
        if known.get(name)
    }


@pytest.mark.usefixtures("few")
def test_the_hourly_look_has_it_built(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.keep_indexes, "apply_async", lambda **kw: asked.append(kw))
    monkeypatch.setattr(tasks.audit, "apply_async", lambda **_: None)
    tasks.nights()
    assert not asked
    ada = make_character()
    much(ada, 100)
    tasks.nights()
    assert [one["queue"] for one in asked] == ["upkeep"]
    tasks.keep_indexes()
    assert standing() == whole(ada)
    tasks.nights()
    assert len(asked) == 1


# --- what is found through it ---------------------------------------------------------------------


def found(
    owner: Character, question: str, audience: Audience, statement: Any, limit: int = 10
) -> list[int]:
    """Ids of what a statement finds."""
    model = embedding.active_model_id()
    ready = understood(
        question, speaker=owner.pk, community=audience.community, now=NOON, context=(),
        index=index_prefix(owner.pk, model), synonym=0.6,
    )  # fmt: skip
    (vector,) = embedding.embed([ready.embedded], use="query")
    with directly_seen_by(owner.pk, audience, first=[ready.lookup]) as view:
        known = with_entities(ready.meaning(view.first[0]), view, NOON)
        window = known.question.window
        asked = Asked(
            owner=owner.pk, now=NOON, words=known.words, vector=vector.sent(),
            model=model, limit=limit, weights=Weights(), since=window.since if window else None,
            until=window.until if window else None, indexed=known.indexed,
        )  # fmt: skip
        made = statement(asked)
        return [row[0] for row in view.planned(made.sql, **made.values)]


@pytest.mark.usefixtures("few")
def test_it_finds_what_looking_through_everything_finds() -> None:
    """Talk in words that are drawn as in a language: few often, most of them rarely."""
    ada = make_character()
    talk = Talk(1)
    for memories in stretches(talk, {ada.pk: 3000}):
        store(memories)
    keep_up()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE memories_memory")  # as autovacuum does
    shares = []
    for n, one in enumerate(Memory.objects.filter(owner=ada).order_by("content_hash")[:40]):
        question = talk.question(one.content.partition("“")[2].rstrip("”"))
        if n % 8 == 0:
            question += f" It was on {one.occurred_at:%-d %B %Y}."
        wanted = found(ada, question, Audience(), exact)
        assert len(wanted) == 10
        shares.append(len(set(wanted) & set(found(ada, question, Audience(), narrowed))) / 10)
    assert sum(shares) / len(shares) >= 0.97
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(
            "SELECT indexrelname, idx_scan >= 40 FROM pg_stat_user_indexes"
            " WHERE indexrelname = ANY (%s)",
            [list(both(ada))],
        )
        assert dict(cursor.fetchall()) == whole(ada)


@pytest.mark.usefixtures("few")
def test_recall_takes_it_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = make_character()
    much(ada, 120)
    make_memory(ada, "The heron drank the ink.", visibility="public")
    make_memory(None, "Herons are sacred here.")
    taken: list[str] = []

    def noting(name: str) -> Callable[[Asked], Statement]:
        real: Callable[[Asked], Statement] = getattr(recall_module, name)

        def statement(asked: Asked) -> Statement:
            taken.append(name)
            return real(asked)

        return statement

    for name in ("exact", "narrowed"):
        monkeypatch.setattr(recall_module, name, noting(name))

    def ask() -> list[str]:
        caches.forget_in_process()
        caches.touch([ada.pk])
        found = recall(ada.pk, Audience(), "What did the heron drink?", now=NOON, limit=2)
        return sorted(one.content for one in found)

    assert ask() == ["Herons are sacred here.", "The heron drank the ink."]
    keep_up()
    assert ask() == ["Herons are sacred here.", "The heron drank the ink."]
    assert taken == ["exact", "narrowed"]


@pytest.mark.usefixtures("few")
def test_one_kind_is_looked_for_among_everything() -> None:
    ada = make_character()
    much(ada, 150)
    diary = make_memory(ada, "Nothing of the sort.", kind="diary")
    keep_up()
    (one,) = recall(
        ada.pk, Audience(), "the harbour lantern", now=NOON, kinds=["diary"], floor=False
    )
    assert one.id == diary.pk


@pytest.mark.usefixtures("few")
def test_a_question_need_not_have_words_that_are_looked_for() -> None:
    ada = make_character()
    much(ada, 120)
    keep_up()
    for question in ("What is it?", "...", "12345", "And yesterday?"):
        assert len(found(ada, question, Audience(), narrowed)) == 10


# --- what isn't -----------------------------------------------------------------------------------

CANDIDATES = """
    SELECT ids, total, exact, others FROM memories_candidates(
        (SELECT embedding FROM memories_memory WHERE embedding IS NOT NULL LIMIT 1), %s,
        ARRAY['heron', 'harbour']::tsquery[], ARRAY[NULL, 'ink']::tsquery[],
        ARRAY[format('{%%s:4,%%s:32,%%s:8}/1000000000', memories_word('heron'),
            memories_word('harbour'), memories_word('ink'))::sparsevec], NULL, 2,
        '2000-01-01', '2100-01-01', %s, 9223372036854775807, .6, 32)
"""


def candidates(owner: Character, audience: Audience) -> tuple[set[int], list[float], list[float]]:
    with seen_by(owner.pk, audience) as view:
        view.cursor.execute(CANDIDATES, [embedding.active_model_id(), NOON])
        ((ids, _, exactly, others),) = view.cursor.fetchall()
    return set(ids), exactly, others


def visible(owner: Character, audience: Audience) -> set[int]:
    with seen_by(owner.pk, audience) as view:
        view.cursor.execute("SELECT id FROM memories_memory")
        return {pk for (pk,) in view.cursor.fetchall()}


@pytest.mark.usefixtures("few")
def test_what_the_view_hides_is_neither_found_nor_counted() -> None:
    """Whoever listens: each level of trust, tellers among them, in each community."""
    ada, bram = make_character(), make_character()
    here, there = make_community().pk, make_community().pk
    person, friend = make_person(), make_person()
    much(ada, 110)
    much(bram, 20, visibility="public")
    secret = "The heron drank the ink at the harbour."
    n = 0
    for visibility in ("private", "basic", "personal", "intimate", "full", "public"):
        for told in ({}, {"told_by_person_id": person.pk}, {"told_by_character_id": bram.pk}):
            for place in (None, here, there):
                n += 1
                make_memory(
                    ada, f"{secret} {n}", visibility=visibility, session_key=f"{ada.pk}:1",
                    sequence=n % 10, community_id=place, is_adult=n % 5 == 0, **told,
                )  # fmt: skip
    make_memory(bram, secret, visibility="public")
    make_memory(ada, f"{secret} Long ago.", tier="archived", visibility="public")
    make_memory(ada, f"{secret} Gone.", expires_at=NOON - dt.timedelta(days=1), visibility="public")
    keep_up()
    for trust in (0.0, 0.4, 0.6, 0.8, 0.95):
        for listeners in ((person,), (bram,), (person, friend), ()):
            for place in (None, here, there):
                Relationship.objects.filter(from_character=ada).delete()
                for one in listeners:
                    make_relationship(
                        ada, one, trust=0.95 if one == friend else trust, community=None
                    )
                audience = Audience(
                    characters=frozenset(x.pk for x in listeners if isinstance(x, Character)),
                    people=frozenset(x.pk for x in listeners if isinstance(x, Person)),
                    community=place,
                )
                allowed = visible(ada, audience)
                ids, exactly, others = candidates(ada, audience)
                assert ids <= allowed
                recallable = (
                    Memory.objects.recallable().filter(pk__in=allowed).exclude(expires_at__lte=NOON)
                )
                heron = recallable.filter(content__icontains="heron").count()
                assert (exactly[0], others[1]) == (heron, heron)
                assert set(found(ada, "the heron's ink", audience, narrowed, 500)) <= allowed


@pytest.mark.usefixtures("few")
def test_without_a_view_there_are_no_candidates() -> None:
    ada = make_character()
    much(ada, 100)
    with connection.cursor() as cursor:
        cursor.execute(CANDIDATES, [embedding.active_model_id(), NOON])
        assert cursor.fetchall() == []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('fishbowl.view', %s, true)", [f"{ada.pk}|0|0|private|0|0||x"]
        )
        with pytest.raises(DatabaseError, match="not opened by the application"):
            cursor.execute(CANDIDATES, [embedding.active_model_id(), NOON])
