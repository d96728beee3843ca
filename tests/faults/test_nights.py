"""Memory's nightly work, cut short before what it writes, by a kill and by a database that goes
away. Whoever asks for it again comes to where one came whom nothing disturbed."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.management import CommandError, call_command
from django.db import connection

from characters.models import Character
from memories.embedding.embedding import active, embed, forget_cached
from memories.models import (
    ConsolidationRun,
    EmbeddingModel,
    HygieneFinding,
    HygieneRun,
    Memory,
    WaitingVector,
)
from memories.nights import consolidation, nightly
from tests.builders import make_character, make_memory
from tests.faults.conftest import Process
from tests.memories.spaces import Spaces, reef
from tests.memories.test_nightly import a_life, counts, picture
from tests.patience import PATIENCE_S

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("redis_client")]

# Before every other write; a lost database meets the same code wherever that is.
FAULTS = pytest.mark.parametrize(("fault", "step"), [("die", 2), ("lose_the_database", 7)])


def cut_short(
    process: Process,
    fault: str,
    step: int,
    begin: Callable[[], tuple[str, ...]],
    require_whole: Callable[[], None],
    done: str = "it is never done already",
) -> None:
    """Have a command cut short before each `step`th of its writes. `begin` makes what it works on
    and says what is asked. It is asked again, which is refused only by the word that it was `done`
    already, and `require_whole` looks."""
    for number in count(1, step):
        asked = begin()
        answer = process.fails_at_write("command", *asked, number=number, fault=fault)
        if answer and not answer[1]:  # it writes less
            require_whole()
            assert number > step
            return
        if answer:
            assert answer[1].startswith("The database went away ("), (number, answer)
            assert answer[1].endswith("run the same command again to go on."), (number, answer)
        wait_until_it_is_gone()
        try:
            call_command(*asked, stdout=io.StringIO(), stderr=io.StringIO())
        except CommandError as refusal:
            assert done in str(refusal), number
        require_whole()


def wait_until_it_is_gone() -> None:
    """The database hears of a death by itself, a moment later, and then frees what was held."""
    deadline = time.monotonic() + PATIENCE_S
    with connection.cursor() as cursor:
        held = True
        while held:
            assert time.monotonic() < deadline
            cursor.execute(
                "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            (held,) = cursor.fetchone()


@FAULTS
def test_a_night(process: Process, fault: str, step: int) -> None:
    owners: list[Character] = []

    def begin() -> tuple[str, ...]:
        owners.append(make_character())
        a_life(owners[-1])
        return "consolidate", str(owners[-1].pk)

    def require_whole() -> None:
        assert not ConsolidationRun.objects.filter(finished_at__isnull=True).exists()
        assert counts(owners[-1]) == counts(owners[0])
        assert picture(owners[-1]) == picture(owners[0])

    call_command(*begin(), stdout=io.StringIO())
    cut_short(process, fault, step, begin, require_whole)


@FAULTS
@pytest.mark.parametrize("is_summary", [True, False], ids=["a summary", "its like"])
def test_a_merge_that_is_taken_apart(
    process: Process, fault: str, step: int, is_summary: bool
) -> None:
    owners: list[Character] = []

    def begin() -> tuple[str, ...]:
        owners.append(make_character())
        a_life(owners[-1])
        nightly.consolidate(owners[-1].pk)
        speaking = Memory.objects.filter(owner=owners[-1], merged_from__isnull=False)
        of_kind = speaking.filter if is_summary else speaking.exclude
        return "unmerge", str(of_kind(kind=Memory.Kind.SUMMARY).distinct().get().pk)

    def require_whole() -> None:
        assert picture(owners[-1]) == picture(owners[0])

    consolidation.unmerge(int(begin()[1]))
    cut_short(process, fault, step, begin, require_whole)


@FAULTS
def test_an_audit(process: Process, fault: str, step: int) -> None:
    pictures: list[Any] = []

    def begin() -> tuple[str, ...]:
        for model in (HygieneRun, Memory, Character):
            model.objects.all().delete()
        for _ in range(2):
            owner = make_character()
            for text in (
                "The ferry is in.",
                "the ferry is in",
                "And then what?",
                "Mara keeps bees.",
            ):
                line = f"Bram said: “{text}”"
                make_memory(owner, line, text=text, kind="conversation", visibility="public")
        return ("hygiene",)

    def require_whole() -> None:
        run = HygieneRun.objects.exclude(finished_at=None).get()
        tiers = sorted(Memory.objects.values_list("content", "tier"))
        found = sorted(HygieneFinding.objects.values_list("kind", "memory__content"))
        pictures.append((run.examined, run.found, run.false_recall, run.error, tiers, found))
        assert pictures[-1] == pictures[0]

    call_command(*begin(), stdout=io.StringIO())
    require_whole()
    assert pictures[0][:2] == (8, 4)
    cut_short(process, fault, step, begin, require_whole)


@pytest.fixture
def server(settings: Any, redis_client: redis.Redis) -> Iterator[Spaces]:
    with reef(settings) as one:
        yield one


@pytest.fixture
def changing(server: Spaces, tmp_path: Path) -> Iterator[Process]:
    """A process whose settings name the server."""
    reached = {"EMBEDDING_PROVIDER": "server", "EMBEDDING_BASE_URL": server.base_url}
    found = Process(tmp_path / "output", **reached)
    yield found
    found.end()


@FAULTS
def test_a_change_of_space(changing: Process, fault: str, step: int) -> None:
    llama = active().id

    def begin() -> tuple[str, ...]:
        for model in (Memory, Character, WaitingVector):
            model.objects.all().delete()
        EmbeddingModel.objects.exclude(pk=llama).delete()
        EmbeddingModel.objects.update(is_active=True)
        forget_cached()
        owner = make_character(interests=("tides",))
        for n in range(9):
            make_memory(owner, f"It rained for {n} days.")
        return "reembed", "--model", "reef", "--batch-size", "3"

    def require_whole() -> None:
        forget_cached()
        assert active().name == "reef"
        assert not WaitingVector.objects.exists()
        for memory in Memory.objects.all():
            assert memory.embedding_model_id == active().id
            (expected,) = embed([memory.content])
            assert memory.embedding == pytest.approx(expected.to_list(), abs=1e-3)

    cut_short(changing, fault, step, begin, require_whole, done="is in force already")


def test_a_switch_is_not_tried_again_by_who_lost_what_keeps_others_from_it(
    changing: Process,
) -> None:
    make_memory(make_character(), "It rained.")
    _, refusal = changing.does(
        "command",
        *("reembed", "--model", "reef"),
        point="memories.embedding.reembedding.Reembedding._switch",
        when="before",
        fault="lose_the_database",
    )
    assert refusal.startswith("The database went away (")
    assert active().name != "reef"
    assert WaitingVector.objects.count() == 1
    call_command("reembed", "--model", "reef", stdout=io.StringIO(), stderr=io.StringIO())
    assert active().name == "reef"
