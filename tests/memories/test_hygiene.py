"""What an audit finds, what it leaves alone, and that one call brings it back."""

from __future__ import annotations

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.utils import timezone

from audit.configuration.configuration import pause_society
from characters.services import pause_character
from memories import corrections
from memories.models import HygieneFinding, HygieneRun, Memory
from memories.nights import hygiene
from memories.recall.recall import recall
from memories.view import Audience
from tests.builders import make_character, make_memory, make_person

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)
SAID = "I keep my grandmother's brass telescope in the attic"


def line(owner: Any, speaker: str, text: str, **fields: Any) -> Memory:
    return make_memory(
        owner,
        f"{speaker} said: “{text}”",
        text=text,
        **{"kind": "conversation", "visibility": "public", "importance": 4.0, **fields},
    )


def found() -> list[tuple[str, str]]:
    rows = HygieneFinding.objects.order_by("pk").values_list("kind", "memory__content")
    return [(kind, content) for kind, content in rows]


def recalled(owner: Any, question: str) -> set[int]:
    return {one.id for one in recall(owner.pk, Audience(), question, now=timezone.now())}


# --- what it finds --------------------------------------------------------------------------------


def test_the_same_words_twice() -> None:
    owner = make_character()
    first = line(owner, "Bram", "The ferry is late, and the tide is out.")
    again = line(owner, "Bram", "the ferry is late and the tide is out!")
    run = hygiene.audit()
    finding = HygieneFinding.objects.get()
    assert (finding.kind, finding.memory, finding.beside) == ("duplicate", again, first)
    again.refresh_from_db()
    assert again.tier == "archived"
    assert (run.examined, run.found, run.error) == (2, 1, "")
    assert recalled(owner, "Is the ferry late?") == {first.pk}


@pytest.mark.parametrize(
    "text", ["And then what?", "That's a bit much.", "I know! I know.", "Oh, you didn't."]
)
def test_words_that_say_nothing(text: str) -> None:
    owner = make_character()
    line(owner, "Bram", text)
    hygiene.audit()
    assert [kind for kind, _ in found()] == ["vague"]


def test_names_say_nothing_by_themselves() -> None:
    line(make_character("Odile"), "Bram", "Back me up, Odile and Ada.", told_by_person_id=None)
    make_person("Ada")
    hygiene.audit()
    assert [kind for kind, _ in found()] == ["vague"]


@pytest.mark.parametrize(
    "fields", [{"told_by_character_id": True}, {"kind": "gossip", "told_by_character_id": True}, {}]
)
def test_its_owners_own_words_come_back(fields: dict[str, Any]) -> None:
    owner, other = make_character("Mara"), make_character("Bram")
    own = line(owner, "Mara", f"{SAID}.")
    fields = {**fields, **({"told_by_character_id": other.pk} if fields else {})}
    line(owner, "Bram" if fields else "Mara", f"Well, {SAID}.", **fields)
    hygiene.audit()
    finding = HygieneFinding.objects.get()
    assert (finding.kind, finding.beside) == ("self_echo", own)


# --- what it leaves alone -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["In Corran.", "Is that soup?", "At 7, as always.", "The ferry is late."],
)
def test_what_may_answer_a_question_is_not_vague(text: str) -> None:
    line(make_character(), "Bram", text)
    hygiene.audit()
    assert found() == []


def test_a_question_and_its_answer_in_the_same_words_are_two() -> None:
    owner = make_character()
    line(owner, "Bram", "The ferry is late?")
    line(owner, "Bram", "The ferry is late.")
    hygiene.audit()
    assert found() == []


def test_what_a_person_says_in_its_owners_words_is_new() -> None:
    owner, ada = make_character("Mara"), make_person("Ada")
    line(owner, "Mara", f"{SAID}.")
    line(owner, "Ada", f"Well, {SAID}.", told_by_person_id=ada.pk)
    hygiene.audit()
    assert found() == []


@pytest.mark.parametrize(
    "fields",
    [
        {"is_locked": True},
        {"tier": "archived"},
        {"importance": 8.0},
        {"created_at": timezone.now() - 4 * DAY},
        {"kind": "summary"},
    ],
)
def test_it_leaves_alone_what_is(fields: dict[str, Any]) -> None:
    memory = line(make_character(), "Bram", "And then what?")
    Memory.objects.filter(pk=memory.pk).update(**fields)
    before = Memory.objects.values().get()
    hygiene.audit()
    assert found() == []
    assert Memory.objects.values().get() == before


def test_nobodys_memories_are_duplicates_of_anothers() -> None:
    for owner in (make_character(), make_character()):
        line(owner, "Bram", "The ferry is late, and the tide is out.")
    hygiene.audit()
    assert found() == []


def test_the_memories_of_who_is_paused_are_left_alone() -> None:
    owner = make_character()
    line(owner, "Bram", "And then what?")
    pause_character(owner)
    assert hygiene.audit().examined == 0
    assert found() == []


def test_what_is_set_aside_is_no_reason_to_set_another_aside() -> None:
    owner = make_character()
    for text in ("And then what?", "and then, what?"):
        line(owner, "Bram", text)
    hygiene.audit()
    assert len(found()) == len(dict(found())) <= 2
    assert not HygieneFinding.objects.filter(beside__tier="archived").exists()


# --- and back -------------------------------------------------------------------------------------


def test_what_is_brought_back_is_as_it_was_and_is_not_found_again() -> None:
    owner = make_character()
    memory = line(owner, "Bram", "And then what?", tier="long")
    hygiene.audit()
    finding = HygieneFinding.objects.get()
    assert hygiene.revert(finding)
    assert not hygiene.revert(finding)
    memory.refresh_from_db()
    assert (memory.tier, finding.reverted_at is not None) == ("long", True)
    hygiene.audit(timezone.now() + DAY)
    memory.refresh_from_db()
    assert memory.tier == "long"
    assert HygieneFinding.objects.count() == 1


def test_what_was_merged_since_stays_with_what_speaks_for_it() -> None:
    owner = make_character()
    memory, other = line(owner, "Bram", "And then what?"), make_memory(owner)
    hygiene.audit()
    Memory.objects.filter(pk=memory.pk).update(merged_into=other)
    assert hygiene.revert(HygieneFinding.objects.get())
    memory.refresh_from_db()
    assert (memory.tier, memory.merged_into) == ("archived", other)


def test_what_a_keeper_brought_back_by_hand_is_revertible_without_harm() -> None:
    owner = make_character()
    memory = line(owner, "Bram", "And then what?")
    hygiene.audit()
    corrections.bring_back([memory.pk])
    memory.refresh_from_db()
    stands = (memory.tier, memory.strength)
    hygiene.revert(HygieneFinding.objects.get())
    memory.refresh_from_db()
    assert (memory.tier, memory.strength) == stands


# --- runs -----------------------------------------------------------------------------------------


def test_an_audit_that_was_cut_short_is_gone_on_with(monkeypatch: pytest.MonkeyPatch) -> None:
    line(make_character(), "Bram", "And then what?")
    whole = hygiene.false_recall

    def away(now: dt.datetime) -> float | None:
        raise DatabaseError("the server closed the connection")

    monkeypatch.setattr(hygiene, "false_recall", away)
    with pytest.raises(DatabaseError):
        hygiene.audit()
    cut = HygieneRun.objects.get()
    assert (cut.finished_at, "closed the connection" in cut.error) == (None, True)
    monkeypatch.setattr(hygiene, "false_recall", whole)
    run = hygiene.audit()
    assert (run.pk, run.found, run.error) == (cut.pk, 1, "")
    assert run.finished_at


def test_the_days_it_looks_back_are_the_keepers() -> None:
    from audit.configuration import configuration

    configuration.set_value("memory", "audit_days", 10)
    memory = line(make_character(), "Bram", "And then what?")
    Memory.objects.filter(pk=memory.pk).update(created_at=timezone.now() - 9 * DAY)
    assert hygiene.audit().found == 1


# --- false recall ---------------------------------------------------------------------------------


def test_questions_about_nothing_it_knows_bring_up_nothing() -> None:
    owner = make_character()
    for text in ("The ferry is late because of the tide.", "Odile feeds the stove in the bar."):
        line(owner, "Bram", text)
    assert hygiene.false_recall(timezone.now()) == 0.0


def test_what_comes_up_unasked_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_character()
    line(owner, "Bram", "The ferry is late because of the tide.")
    asked = []

    def brings_up(speaker: int, audience: Audience, question: str, **options: Any) -> list[int]:
        asked.append((speaker, question))
        return [1] if len(asked) % 4 == 0 else []

    monkeypatch.setattr(hygiene, "recall", brings_up)
    assert hygiene.false_recall(timezone.now()) == pytest.approx(0.25, abs=0.02)
    assert {speaker for speaker, _ in asked} == {owner.pk}
    assert len(asked) == len(hygiene.QUESTIONS)


def test_what_it_does_know_of_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = make_character()
    make_memory(owner, hygiene.QUESTIONS[0], visibility="public")
    asked = []
    monkeypatch.setattr(hygiene, "recall", lambda *args, **_: asked.append(args[2]) or [])
    hygiene.false_recall(timezone.now())
    assert asked and hygiene.QUESTIONS[0] not in asked


def test_of_nobody_there_is_no_measure() -> None:
    assert hygiene.false_recall(timezone.now()) is None


# --- the command ----------------------------------------------------------------------------------


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("hygiene", *arguments, stdout=out)
    return out.getvalue()


def test_a_keeper_audits_reads_and_reverts() -> None:
    owner = make_character("Mara")
    memory = line(owner, "Bram", "And then what?")
    told = said()
    finding = HygieneFinding.objects.get()
    assert "1 examined, found 1 vague" in told
    assert "false recall: 0%" in told
    assert f"{finding.pk} vague Mara: Bram said: “And then what?”" in told
    assert said("--revert", str(finding.pk)) == "Back: Bram said: “And then what?”\n"
    memory.refresh_from_db()
    assert memory.tier == "short"
    assert "(brought back)" in said("--report")
    assert HygieneRun.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--report"], "There has been no audit yet"),
        (["--revert", "7"], "There is no finding 7."),
    ],
)
def test_it_says_what_can_not_be(arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        said(*arguments)


def test_it_says_what_was_brought_back_already() -> None:
    line(make_character(), "Bram", "And then what?")
    said()
    pk = str(HygieneFinding.objects.get().pk)
    said("--revert", pk)
    with pytest.raises(CommandError, match="already"):
        said("--revert", pk)


def test_while_the_society_is_stopped_nothing_is_audited() -> None:
    line(make_character(), "Bram", "And then what?")
    pause_society(True)
    with pytest.raises(CommandError, match="stopped"):
        said()
    assert found() == []
