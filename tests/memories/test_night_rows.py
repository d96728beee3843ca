"""What nights leave to later ones, and what their rows tell of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from audit.models import LLMCall
from conversations.people.erasure import forget_person
from memories.embedding.embedding import active_model
from memories.embedding.filling import fill_missing
from memories.embedding.texts import MEMORIES
from memories.models import ConsolidationRun, HygieneRun, Memory
from memories.nights import condensing, consolidation, ending, forgetting, hygiene, nightly
from memories.nights.condensing import Condensed
from tests.builders import make_character, make_memory, make_person
from tests.memories.test_consolidation import TWICE, a_night, of_ferries

pytestmark = pytest.mark.django_db(transaction=True)
DAY = dt.timedelta(days=1)
NOW = timezone.now()


# --- what has its vector late ---------------------------------------------------------------------


def without_vectors(*memories: Memory, since: dt.datetime) -> None:
    Memory.objects.filter(pk__in=[one.pk for one in memories]).update(
        embedding=None, embedding_model=None, created_at=since
    )


def test_what_has_its_vector_days_late_is_compared_in_the_next_night() -> None:
    owner = make_character()
    _, late = (make_memory(owner, text) for text in TWICE)
    without_vectors(late, since=NOW - 5 * DAY)
    Memory.objects.update(created_at=NOW - 5 * DAY)
    assert nightly.consolidate(owner.pk, NOW - DAY / 2).merged == 0
    assert fill_missing() == 1
    assert nightly.consolidate(owner.pk, NOW + DAY / 2).merged == 1


def test_what_has_its_vector_days_late_is_audited() -> None:
    owner = make_character()
    late = make_memory(
        owner, "Bram said: “And then what?”", text="And then what?", kind="conversation"
    )
    without_vectors(late, since=NOW - 10 * DAY)
    assert hygiene.audit(NOW).found == 0
    fill_missing()
    assert hygiene.audit(NOW).found == 1


def test_a_first_vector_is_noted_and_a_new_space_is_none() -> None:
    owner = make_character()
    had, late = make_memory(owner), make_memory(owner)
    without_vectors(late, since=NOW)
    vector = list(had.embedding)
    sql = "UPDATE memories_memory t SET embedding = %s::text::halfvec, embedding_model_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(sql + MEMORIES.placing, [str(vector), active_model().pk])
    had.refresh_from_db()
    late.refresh_from_db()
    assert ("embedded_at" in had.metadata, "embedded_at" in late.metadata) == (False, True)


# --- what a keeper set stays ----------------------------------------------------------------------


def merged() -> tuple[Any, Memory]:
    owner = make_character()
    make_memory(owner, TWICE[0], importance=6.0, confidence=0.9)
    make_memory(owner, TWICE[1], importance=3.0, confidence=0.4)
    assert consolidation.merge_duplicates(a_night(owner)) == 1
    kept = Memory.objects.get(merged_into=None)
    assert (kept.importance, kept.confidence) == (6.0, 0.4)
    return owner, kept


def test_what_a_keeper_set_since_a_merge_stays_when_it_is_taken_apart() -> None:
    _, kept = merged()
    Memory.objects.filter(pk=kept.pk).update(importance=2.0)
    consolidation.unmerge(kept.pk)
    kept.refresh_from_db()
    assert (kept.importance, kept.confidence) == (2.0, 0.9)


def test_and_when_what_it_spoke_for_is_forgotten() -> None:
    _, kept = merged()
    sam = make_person("Sam")
    Memory.objects.filter(merged_into=kept).update(told_by_person=sam)
    Memory.objects.filter(pk=kept.pk).update(confidence=0.7, importance=9.0)
    forget_person(sam, "a keeper", NOW)
    kept.refresh_from_db()
    assert (kept.importance, kept.confidence) == (9.0, 0.7)


def test_and_when_more_was_merged_after() -> None:
    owner, kept = merged()
    Memory.objects.filter(pk=kept.pk).update(importance=2.0)
    more = make_memory(owner, "Ada keeps a telescope.", importance=4.0)
    assert consolidation.merge_by_hand([kept.pk, more.pk], NOW).pk == more.pk
    consolidation.unmerge(more.pk)
    less = make_memory(owner, "Ada has a telescope.", importance=1.0, confidence=0.2)
    assert consolidation.merge_by_hand([kept.pk, less.pk], NOW).pk == kept.pk
    consolidation.unmerge(kept.pk)
    kept.refresh_from_db()
    assert (kept.importance, kept.confidence) == (2.0, 0.9)


# --- no summary would do --------------------------------------------------------------------------


class Voice:
    """Of the words it was asked to sum up; says `answer` in place of a summary."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.answer = Condensed("", 10)

    def __call__(self, owner: str, contents: list[str], *_: Any, **__: Any) -> Condensed:
        self.asked.append(len(contents))
        return self.answer


@pytest.fixture
def voice(monkeypatch: pytest.MonkeyPatch) -> Iterator[Voice]:
    one = Voice()
    monkeypatch.setattr(consolidation, "condense", one)
    yield one


def of_lamps(owner: Any) -> None:
    for n in range(3):
        make_memory(
            owner,
            f"Odile said: “The lamp in the window burned all night again, night {n}.”",
            text=f"The lamp in the window burned all night again, night {n}.",
            kind="conversation",
            visibility="public",
            importance=4.0,
            occurred_at=NOW - 10 * DAY,
        )


def sum_up(owner: Any, now: dt.datetime, **rules: Any) -> int:
    return consolidation.summarise_clusters(a_night(owner, now, **rules), lambda: True)


def test_the_smaller_have_their_turn_after_one_of_which_no_summary_would_do(voice: Voice) -> None:
    owner = make_character()
    of_ferries(owner)
    of_lamps(owner)
    for night in range(4):
        sum_up(owner, NOW + night * DAY, summaries_a_night=1)
    assert voice.asked == [4, 3]
    sum_up(owner, NOW + 31 * DAY)
    assert voice.asked == [4, 3, 4, 3]


def test_one_line_more_makes_no_other_matter_of_it(voice: Voice) -> None:
    owner = make_character()
    first, *_ = of_ferries(owner)
    sum_up(owner, NOW)
    make_memory(
        owner, "Bram said: “Late again, the ferry, because of the tide.”",
        text="Late again, the ferry, because of the tide.", kind="conversation",
        visibility="public", importance=4.0, occurred_at=first.occurred_at,
    )  # fmt: skip
    sum_up(owner, NOW + DAY)
    assert voice.asked == [4]


def test_while_no_voice_is_to_be_had_nothing_is_tried(voice: Voice) -> None:
    owner = make_character()
    of_ferries(owner)
    voice.answer = Condensed("", 0, is_answered=False)
    sum_up(owner, NOW)
    sum_up(owner, NOW + DAY)
    assert voice.asked == [4, 4]


def test_an_answer_that_is_withheld_was_one(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_character()
    of_ferries(owner)
    asked = []

    def withheld(*_: Any, **__: Any) -> None:
        asked.append(1)
        raise condensing.ledger.NoVoice("none", is_withheld=True)

    monkeypatch.setattr(condensing.ledger, "ask_within_budgets", withheld)
    sum_up(owner, NOW)
    sum_up(owner, NOW + DAY)
    assert len(asked) == 1
    assert not LLMCall.objects.filter(purpose="consolidate").exists()


# --- what rows tell -------------------------------------------------------------------------------


def test_a_night_and_an_audit_end_when_they_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is ten minutes after the last."""
    owner, looks = make_character(), count()
    monkeypatch.setattr(timezone, "now", lambda: NOW + next(looks) * dt.timedelta(minutes=10))
    ends = (nightly.consolidate(owner.pk, NOW).finished_at, hygiene.audit(NOW).finished_at)
    assert all(end is not None and end >= NOW + dt.timedelta(minutes=10) for end in ends)


@pytest.mark.parametrize("error", [RuntimeError("out of ideas"), KeyError("tide")])
def test_whatever_cuts_a_run_short_stands_in_its_row(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    owner = make_character()

    def fails(*_: Any) -> None:
        raise error

    monkeypatch.setattr(forgetting, "settle", fails)
    monkeypatch.setattr(hygiene, "false_recall", fails)
    with pytest.raises(type(error)):
        nightly.consolidate(owner.pk)
    with pytest.raises(type(error)):
        hygiene.audit()
    for run in (ConsolidationRun.objects.get(), HygieneRun.objects.get()):
        assert run.error.startswith(f"{type(error).__name__}: ")
        assert run.finished_at is None


def test_that_a_row_can_not_be_written_hides_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("gone")

    owner = make_character()
    run = ConsolidationRun.objects.create(character=owner, started_at=NOW)
    rows = ConsolidationRun.objects.filter(pk=run.pk)
    monkeypatch.setattr(rows, "update", away)
    with pytest.raises(RuntimeError, match="first"), ending.Ending(rows, NOW):
        raise RuntimeError("first")
