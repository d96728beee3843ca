"""Changing the space: killed or not, all at once, while the society goes on."""

from __future__ import annotations

import io
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
import redis
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections

from characters.models import Character, Interest
from conversations.models import Message
from fishbowl.llm.embedding import WordLlamaEmbedder
from memories.embedding import reembedding
from memories.embedding.embedding import active, active_model, embed, forget_cached
from memories.embedding.filling import fill_missing
from memories.embedding.reembedding import Reembedding, ReembeddingRefused
from memories.embedding.texts import Embedded
from memories.models import EmbeddingModel, Entity, Memory, PersonFact, WaitingVector
from tests.builders import (
    NOON,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    number,
)
from tests.memories.spaces import Spaces, reef, start
from tests.modelserver import Received, Step, status
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)
LLAMA = WordLlamaEmbedder.name
Begin = Callable[[str], Reembedding]


@pytest.fixture
def server(settings: Any, redis_client: redis.Redis) -> Iterator[Spaces]:
    with reef(settings) as one:
        yield one


@pytest.fixture
def owner() -> Character:
    return make_character(interests=("tides",))


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Begins a change that ends with the test."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(reembedding.begin(name))


def reembed(*arguments: str) -> tuple[str, str]:
    """What the command says, and what it shows on the other stream."""
    out, err = io.StringIO(), io.StringIO()
    call_command("reembed", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def by_space() -> dict[str, int]:
    """How many memories have a vector of each space."""
    found: dict[str, int] = {}
    for name in Memory.objects.values_list("embedding_model__name", flat=True):
        found[str(name)] = found.get(str(name), 0) + 1
    return found


def remember(owner: Character, count: int) -> list[Memory]:
    return [make_memory(owner, f"It rained for {n} days, number {number()}.") for n in range(count)]


def test_everything_changes_over(server: Spaces, owner: Character) -> None:
    line = make_memory(
        owner, "Ada said: “Tides turn.”", text="Tides turn.", kind=Memory.Kind.CONVERSATION
    )
    bees = make_memory(owner, "She keeps bees.", text="bees")
    lore = make_memory(None, "Springs come Thursday.")
    person = make_person()
    fact = PersonFact.objects.create(
        person=person, character=owner, fact_type="hobby", fact_content="sails", learned_at=NOON
    )
    entity = Entity.objects.create(name="The Anchor", kind="place")
    message = make_message(make_conversation(), person, content="Is the tide in?")
    fill_missing()
    out, err = reembed("--model", "reef")
    reef = EmbeddingModel.objects.get(name="reef")
    assert active_model() == reef
    assert reef.activated_at is not None
    for row in (line, bees, lore, fact, entity, message, Interest.objects.get()):
        row.refresh_from_db()
        assert row.embedding_model == reef
        assert row.embedding is not None and len(row.embedding) == 8
    assert not WaitingVector.objects.exists()
    assert sorted(server.texts()[1:]) == sorted(
        ["Tides turn.", "bees", "Springs come Thursday.", "sails", "The Anchor", "tides",
         "Is the tide in?"]
    )  # fmt: skip
    assert line.embedding == pytest.approx(embed(["Tides turn."])[0].to_list(), abs=1e-3)
    assert "reef (8) is in force, with 7 vectors." in out
    assert "reef: 100%" in err and "7/7" in err


def test_old_talk_keeps_its_vector_and_is_not_searched(server: Spaces) -> None:
    talk = make_conversation(status="closed", closed_at=NOON)
    old = make_message(talk, make_person())
    llama = active_model()
    Message.objects.update(created_at=NOON, embedding=[0.0] * 256, embedding_model=llama)
    reembed("--model", "reef")
    old.refresh_from_db()
    assert old.embedding_model == llama


def test_it_goes_both_ways(server: Spaces, owner: Character) -> None:
    remember(owner, 3)
    reembed("--model", "reef")
    out, _ = reembed("--model", LLAMA)
    assert f"{LLAMA} (256) is in force" in out
    assert by_space() == {LLAMA: 3}


def test_it_goes_on_after_a_kill(server: Spaces, owner: Character) -> None:
    memories = remember(owner, 40)
    server.answers = 6
    with start("reembed", "--model", "reef", "--batch-size", "4", server=server) as process:
        assert server.hangs.wait(PATIENCE_S), process.communicate()
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    waiting = set(WaitingVector.objects.values_list("row", flat=True))
    assert len(waiting) == 20  # the first request asked for the dimensions
    assert by_space() == {LLAMA: 40}
    assert active().name == LLAMA
    server.answers = None
    Memory.objects.filter(pk=memories[0].pk).update(content="It snowed.")
    memories[1].delete()
    make_memory(owner, "A row that came between.")
    server.history.clear()
    with start("reembed", "--model", "reef", "--batch-size", "4", server=server) as process:
        out, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    assert "20 vectors wait already." in out
    asked = [text for text in server.texts() if text != "fish"]
    assert len(asked) == 20 + 1 + 1 + 1  # those left, the edited, the new, the interest
    assert len(asked) == len(set(asked))
    assert "It snowed." in asked
    assert by_space() == {"reef": 40}
    assert not WaitingVector.objects.exists()


def test_no_row_waits_twice(server: Spaces, begin: Begin, owner: Character) -> None:
    change = begin("reef")
    remember(owner, 3)
    assert change.catch_up() == 4
    assert change.catch_up() == 0
    waiting = WaitingVector.objects.first()
    assert waiting is not None
    waiting.pk = None
    with pytest.raises(IntegrityError):
        waiting.save(force_insert=True)


def test_what_is_written_meanwhile_comes_along(server: Spaces, owner: Character) -> None:
    memories = remember(owner, 10)

    def write(texts: Sequence[str]) -> None:
        if len(texts) > 1 and Memory.objects.count() < 30:
            remember(owner, 5)
            Memory.objects.filter(pk=memories[0].pk).update(content=f"It snowed {number()} times.")

    server.meanwhile = write
    reembed("--model", "reef")
    assert Memory.objects.count() == 30
    assert by_space() == {"reef": 30}
    edited = Memory.objects.get(pk=memories[0].pk)
    assert edited.embedding == pytest.approx(embed([edited.content])[0].to_list(), abs=1e-3)


def test_what_came_after_the_last_pass_is_left_to_the_sweep(
    server: Spaces, begin: Begin, owner: Character
) -> None:
    edited, _ = remember(owner, 2)
    change = begin("reef")
    change.prepare()
    Memory.objects.filter(pk=edited.pk).update(content="It snowed.")
    late = make_memory(owner, "A late row.")
    assert change.switch()["memories_memory"] == 1
    assert by_space() == {"reef": 1, LLAMA: 2}
    assert fill_missing() == 2
    assert by_space() == {"reef": 3}
    late.refresh_from_db()
    assert late.embedding is not None and len(late.embedding) == 8


def test_a_search_never_mixes_spaces(server: Spaces, begin: Begin, owner: Character) -> None:
    """Searches in a loop, from before the switch until after it: each statement compares vectors of
    one space alone, and all of it that there is."""
    remember(owner, 60)
    change = begin("reef")
    change.prepare()
    seen: list[tuple[str, int]] = []
    troubles: list[BaseException] = []
    began, ended = threading.Event(), threading.Event()

    def search() -> None:
        try:
            after = 0
            while after < 3:
                (vector,) = embed(["rain"])
                with connection.cursor() as cursor:
                    cursor.execute(
                        """
                        SELECT (SELECT name FROM memories_embeddingmodel WHERE is_active),
                          count(embedding <=> %s::halfvec) FROM memories_memory
                        WHERE owner_id = %s AND embedding_model_id = %s
                        """,
                        [vector.to_text(), owner.pk, vector.model_id],
                    )
                    seen.append(cursor.fetchone())
                began.set()
                after += ended.is_set() and seen[-1] == ("reef", 60)
        except BaseException as error:  # told by the test's own thread
            troubles.append(error)
            began.set()
        finally:
            connections.close_all()

    searching = threading.Thread(target=search)
    searching.start()
    assert began.wait(PATIENCE_S)
    change.switch()
    ended.set()
    searching.join(30)
    assert not searching.is_alive()
    assert troubles == []
    # Nothing between: all of the old, none while the vector is of the space that was left, all of
    # the new.
    assert set(seen) <= {(LLAMA, 60), ("reef", 0), ("reef", 60)}
    assert seen[0] == (LLAMA, 60) and seen[-1] == ("reef", 60)
    assert seen == sorted(
        seen, key=lambda one: (one[0] == "reef", one[1] if one[0] != LLAMA else 0)
    )


def test_a_switch_that_fails_changes_nothing(
    server: Spaces, begin: Begin, owner: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember(owner, 3)
    change = begin("reef")
    change.prepare()
    broken = Embedded("memories_memory", ("t.content", "(1 / 0)::text"))
    monkeypatch.setattr(reembedding, "ALL", (*reembedding.ALL, broken))
    with pytest.raises(Exception, match="division by zero"):
        change.switch()
    assert active_model().name == LLAMA
    assert by_space() == {LLAMA: 3}
    monkeypatch.undo()
    assert change.switch()["memories_memory"] == 3


def test_a_deadlock_does_not_keep_it_from_changing_over(
    server: Spaces, begin: Begin, owner: Character
) -> None:
    (memory,) = remember(owner, 1)
    change = begin("reef")
    change.prepare()
    holds, troubles = threading.Event(), []
    pid: list[int] = []

    def write() -> None:
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute("BEGIN")
                cursor.execute("UPDATE characters_interest SET weight = .1")
                holds.set()
                waits = 0
                while not waits:  # until the switch waits for this very row
                    cursor.execute(
                        "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted", pid
                    )
                    (waits,) = cursor.fetchone()
                cursor.execute("UPDATE memories_memory SET strength = .5")
                cursor.execute("COMMIT")
        except Exception as error:  # told by the test's own thread
            troubles.append(error)
        finally:
            connections.close_all()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid.append(cursor.fetchone()[0])
    writing = threading.Thread(target=write)
    writing.start()
    assert holds.wait(PATIENCE_S)
    assert change.switch()["memories_memory"] == 1
    writing.join(30)
    assert by_space() == {"reef": 1}
    # PostgreSQL ends one of the two: the switch, which tries again, or the writer, whose job does.
    memory.refresh_from_db()
    if troubles:
        assert "deadlock detected" in str(troubles[0]) and memory.strength == 1.0
    else:
        assert memory.strength == 0.5


def test_a_server_that_fails_is_asked_again(
    server: Spaces, owner: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fishbowl.llm.retry.RetryPolicy.delay_after", _at_once)
    remember(owner, 3)
    server.enqueue(server.embeddings(["fish"]), status(503), status(429))
    reembed("--model", "reef")
    assert by_space() == {"reef": 3}


def test_a_server_that_fails_every_other_time_gives_all_of_them(
    server: Spaces, owner: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fishbowl.llm.retry.RetryPolicy.delay_after", _at_once)
    remember(owner, 40)
    asked, whole = [], server.answer

    def answer(received: Received) -> Step:
        asked.append(received)
        return whole(received) if len(asked) % 2 else status(429, headers={"Retry-After": "1"})

    monkeypatch.setattr(server, "answer", answer)
    reembed("--model", "reef")
    assert by_space() == {"reef": 40}
    sent = [text for text in server.texts() if text != "fish"]
    assert len(sent) == len(set(sent)) == 41  # no vector that came is asked for again


def _at_once(self: Any, tries: int, error: Any, *_: Any) -> float | None:
    return 0.0 if error.retryable and tries < self.max_attempts else None


def test_a_server_that_stays_away_leaves_all_as_it_is(
    server: Spaces, owner: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fishbowl.llm.retry.RetryPolicy.delay_after", _at_once)
    remember(owner, 3)
    server.enqueue(server.embeddings(["fish"]), *[status(503)] * 20)
    with pytest.raises(CommandError, match="run the same command again to go on"):
        reembed("--model", "reef")
    assert by_space() == {LLAMA: 3}
    assert (active().name, embed(["rain"])[0].dimensions()) == (LLAMA, 256)


def test_a_database_that_goes_away_is_told_in_a_sentence(server: Spaces, owner: Character) -> None:
    remember(owner, 40)
    ended: list[bool] = []

    def end(texts: Sequence[str]) -> None:
        if not ended and WaitingVector.objects.count() >= 16:
            with connections["default"].cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks"
                    " WHERE locktype = 'advisory' AND database ="
                    " (SELECT oid FROM pg_database WHERE datname = current_database())"
                    " AND classid = hashtext('memories.reembedding')::oid"
                )
                ended.extend(row[0] for row in cursor.fetchall())

    server.meanwhile = end
    with start("reembed", "--model", "reef", "--batch-size", "8", server=server) as process:
        _, complaint = process.communicate(timeout=PATIENCE_S)
    assert ended == [True], complaint
    assert process.returncode == 1
    assert "Traceback" not in complaint
    assert "The database went away" in complaint
    assert complaint.rstrip().endswith("run the same command again to go on.")
    assert 16 <= WaitingVector.objects.count() < 40
    reembed("--model", "reef")
    assert by_space() == {"reef": 40}
    asked = [text for text in server.texts() if text.startswith("It rained")]
    assert len(asked) == 40 + 8  # the batch in hand alone came again


def test_a_text_that_is_refused_goes_without(server: Spaces, owner: Character) -> None:
    remember(owner, 3)
    make_memory(owner, "It rained poison.")
    server.refuses = ("poison",)
    _, err = reembed("--model", "reef")
    assert "1 texts are refused by it" in err
    assert by_space() == {"reef": 3, LLAMA: 1}  # where nobody searches


def test_a_change_can_be_looked_at_and_given_up(
    server: Spaces, begin: Begin, owner: Character
) -> None:
    remember(owner, 3)
    assert "No change is under way." in reembed("--status")[0]
    begin("reef").catch_up()
    make_memory(owner, "A late row.")
    out, err = reembed("--status")
    assert f"In force: {LLAMA} (256)." in out
    assert "A change to reef is under way" in out
    assert "memories_memory: 3 of 4" in out
    assert "manage.py reembed --model reef" in err
    assert "4 waiting vectors are thrown away" in reembed("--abort")[0]
    assert not WaitingVector.objects.exists()
    assert not EmbeddingModel.objects.filter(name="reef").exists()
    assert active_model().name == LLAMA


def test_one_change_at_a_time(server: Spaces, begin: Begin, owner: Character) -> None:
    begin("reef").catch_up()
    with pytest.raises(CommandError, match="A change to reef is half done"):
        reembed("--model", "kelp")


def test_one_process_at_a_time(server: Spaces) -> None:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(hashtext('memories.reembedding'), 0)")
            with pytest.raises(CommandError, match="Another process changes the space"):
                reembed("--model", "reef")
            cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        other.close()
    reembed("--model", "reef")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("--model", LLAMA), "is in force already"),
        (("--model", "reef", "--dimensions", "9"), "reef has 8 dimensions, not 9"),
        (("--model", "reef", "--provider", "wordllama"), "WordLlama's model is"),
        (("--model", "reef", "--batch-size", "0"), "at least 1"),
    ],
)
def test_it_refuses_in_a_sentence(server: Spaces, arguments: tuple[str, ...], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        reembed(*arguments)
    assert active_model().name == LLAMA


@pytest.mark.parametrize(
    ("dimensions", "why"),
    [(16_001, "16001 dimensions: there is room for 16000"), (0, "no lists of numbers")],
)
def test_vectors_that_cannot_be_stored_are_refused_in_a_sentence(
    server: Spaces, dimensions: int, why: str
) -> None:
    server.dimensions = dimensions
    with pytest.raises(CommandError, match=why):
        reembed("--model", "reef")
    assert not EmbeddingModel.objects.exclude(name=LLAMA).exists()


def test_it_says_what_to_set_without_a_server(owner: Character) -> None:
    active()
    with pytest.raises(CommandError, match="set EMBEDDING_PROVIDER=server and EMBEDDING_BASE_URL"):
        reembed("--model", "reef")


def test_a_name_that_has_come_to_mean_another_model_is_refused(
    server: Spaces, begin: Begin, owner: Character
) -> None:
    begin("reef").catch_up()
    server.dimensions = 5
    with pytest.raises(ReembeddingRefused, match="vectors of a reef with 8 dimensions"):
        begin("reef")
    reembedding.abort()
    EmbeddingModel.objects.create(name="reef", dimensions=8, provider="server")
    assert begin("reef").target.dimensions == 5


def test_a_running_process_follows(server: Spaces, owner: Character) -> None:
    """A process that embeds again and again hears of the switch by itself."""
    assert embed(["rain"])[0].dimensions() == 256
    with start("reembed", "--model", "reef", server=server) as process:
        _, err = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, err
    from memories.embedding import embedding

    deadline = embedding.time.monotonic() + 2 * embedding.FRESH_FOR_S
    while embed(["rain"])[0].dimensions() == 256:
        assert embedding.time.monotonic() < deadline
    forget_cached()
