"""A process killed at an exact point of its work; what it left behind, and who finishes it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.db.models import F
from django.utils import timezone

from audit.calls import budgets, ledger
from audit.models import Budget, BudgetHold, LLMCall
from characters.models import CharacterState, MaterialUse, Relationship
from conversations import tasks
from conversations.afterwards import summaries
from conversations.floor import director
from conversations.models import (
    Channel,
    Conversation,
    Delivery,
    Message,
    Participant,
    Reaction,
    Turn,
)
from conversations.services import record_incoming
from conversations.turns import claims, turns
from tests.builders import make_budget, make_conversation, make_message, make_person, spent
from tests.faults.conftest import Process, Worker

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Death:
    """Where a process dies, and how much of its work stands then."""

    point: str
    when: str
    call: int = 1
    status: str = Turn.Status.SPEAKING
    has_draft: bool = False
    said: int = 0


DEATHS = {
    "as it claims": Death("audit.calls.budgets.reserve", "before", status=Turn.Status.PLANNED),
    "right after the claim": Death("conversations.turns.turns.compose", "before"),
    "once the voice has answered": Death("conversations.turns.turns.check", "before"),
    "as the draft is stored": Death("audit.calls.budgets.settle", "before"),
    "right after the draft was stored": Death(
        "conversations.turns.turns.say", "before", has_draft=True
    ),
    "saying it, the message written": Death(
        "conversations.turns.saying.after_speaking", "before", has_draft=True
    ),
    "saying it, every effect written": Death(
        "conversations.tank.live.publish_message", "after", has_draft=True
    ),
    "once it was said, before anybody heard": Death(
        "conversations.turns.saying.after_speaking",
        "commit",
        status=Turn.Status.DONE,
        has_draft=True,
        said=1,
    ),
    "before the live event": Death(
        "conversations.tank.live.message_facts",
        "before",
        status=Turn.Status.DONE,
        has_draft=True,
        said=1,
    ),
}


def answering(room: Channel) -> tuple[Message, Turn]:
    """A person's question, and the turn that is planned to answer it."""
    asked = record_incoming(room.pk, make_person("Ada"), "Odile, how is the tide today?")
    turn = director.look(room.pk)
    assert turn is not None
    assert turn.status == Turn.Status.PLANNED
    return asked, turn


def require_said_once(turn: Turn, asked: Message) -> Message:
    """The turn was spoken, with all its effects, each of them once."""
    turn.refresh_from_db()
    assert turn.status == Turn.Status.DONE
    message = Message.objects.get(turn=turn)
    conversation = Conversation.objects.get(pk=turn.conversation_id)
    assert message.content == turn.draft
    assert (message.number, conversation.message_count) == (asked.number + 1, asked.number + 1)
    assert conversation.chain_length == 1
    state = CharacterState.objects.get(character=turn.chosen)
    assert (state.message_count, state.version) == (1, 1)
    assert state.last_spoke_at == message.created_at
    assert Participant.objects.get(character=turn.chosen).message_count == 1
    bond = Relationship.objects.get(from_character=turn.chosen, to_person=asked.person)
    assert (bond.total_interactions, bond.events.count()) == (1, 1)
    assert list(
        MaterialUse.objects.filter(character=turn.chosen).values_list("key", "used_count")
    ) == [(key, 1) for key in sorted(set(turn.draft_spent))]
    return message


@pytest.mark.parametrize("death", DEATHS.values(), ids=DEATHS.keys())
def test_a_turn_is_spoken_once_wherever_its_worker_was_killed(
    death: Death, room: Channel, process: Process, worker: Worker
) -> None:
    asked, turn = answering(room)
    worker.nudges()  # whoever had them is dead
    process.dies("take", turn.pk, point=death.point, when=death.when, call=death.call)

    turn.refresh_from_db()
    assert turn.status == death.status
    assert bool(turn.draft) == death.has_draft
    assert Message.objects.filter(turn=turn).count() == death.said
    state = CharacterState.objects.get(character=turn.chosen)
    assert (state.message_count, state.version) == (death.said, death.said)

    worker.goes_on(until=lambda: Message.objects.filter(turn=turn).exists())
    said = require_said_once(turn, asked)
    worker.sweep()
    assert not Delivery.objects.filter(message=said).exclude(status=Delivery.Status.SENT).exists()
    drafts_lost = 0 if death.has_draft or death.status == Turn.Status.PLANNED else 1
    assert turn.attempts == 1 + drafts_lost
    assert LLMCall.objects.filter(pk=turn.llm_call_id, status=LLMCall.Status.DONE).exists()


@pytest.fixture
def costly(monkeypatch: pytest.MonkeyPatch) -> Budget:
    """A budget, and a voice for which 3,000 tokens are set aside that it doesn't use."""
    monkeypatch.setattr(ledger, "expected", lambda *_: (3000, Decimal(0)))
    return make_budget(tokens=10_000)


def test_what_a_killed_worker_had_reserved_is_given_back(room: Channel, costly: Budget) -> None:
    _, turn = answering(room)
    assert turns.claim(turn.pk, timezone.now()) is not None
    assert spent(costly)[0] == 3000
    host = claims.worker_name().split(":")[0]
    Turn.objects.filter(pk=turn.pk).update(claimed_by=f"{host}:1:1")  # pid 1 began at another time
    assert claims.release_abandoned(timezone.now()) == 1
    assert spent(costly)[0] == 0
    assert turns.take(turn.pk) is not None
    assert spent(costly)[0] == 0


def test_what_is_held_for_a_killed_call_is_given_back(room: Channel, process: Process) -> None:
    budget = make_budget(tokens=10_000)
    talk = make_conversation(
        room, status="closed", closed_at=timezone.now(), message_count=summaries.FEWEST_MESSAGES
    )
    make_message(talk, make_person("Ada"), "The ferry is late again.")
    process.dies("sum_up", talk.pk, 3000, point="audit.calls.ledger.ask", when="before")
    assert spent(budget)[0] == 3000
    tasks.hourly_upkeep()  # it may be under way
    assert spent(budget)[0] == 3000
    BudgetHold.objects.update(held_at=F("held_at") - budgets.HELD_FOR)
    tasks.hourly_upkeep()
    assert (spent(budget)[0], BudgetHold.objects.count()) == (0, 0)
    talk.refresh_from_db()
    assert talk.summary  # the upkeep has made it


@pytest.mark.parametrize("how", ["released", "dropped"])
def test_a_worker_that_comes_too_late_gives_nothing_back_twice(
    how: str, room: Channel, costly: Budget
) -> None:
    _, turn = answering(room)
    claimed = turns.claim(turn.pk, timezone.now())
    assert claimed is not None
    if how == "released":
        assert claims.release_abandoned(timezone.now() + dt.timedelta(seconds=claims.LEASE_S)) == 1
    else:
        Turn.objects.filter(pk=turn.pk).update(status=Turn.Status.ABANDONED)
    assert turns.compose(claimed) is None
    assert spent(costly)[0] == 0
    turn.refresh_from_db()
    assert (turn.draft, turn.reservation) == ("", {})


@pytest.mark.parametrize("when", ["before", "commit"])
def test_a_reaction_is_put_once(when: str, room: Channel, process: Process, worker: Worker) -> None:
    asked, turn = answering(room)
    Turn.objects.filter(pk=turn.pk).update(action=Turn.Action.REACT)
    process.dies("take", turn.pk, point="conversations.turns.saying.after_speaking", when=when)
    assert Reaction.objects.count() == (when == "commit")

    worker.goes_on(until=lambda: Reaction.objects.filter(turn=turn).exists())
    turn.refresh_from_db()
    assert turn.status == Turn.Status.DONE
    assert Reaction.objects.get().message == asked
    assert CharacterState.objects.get(character=turn.chosen).version == 1


@pytest.mark.parametrize(("when", "decided"), [("before", 0), ("commit", 1)])
def test_a_decision_stands_or_is_made_again(
    when: str, decided: int, room: Channel, process: Process, worker: Worker
) -> None:
    asked = record_incoming(room.pk, make_person("Ada"), "Odile, how is the tide today?")
    worker.nudges()
    process.dies("look", room.pk, point="conversations.floor.director._carry_out", when=when)
    assert Turn.objects.count() == decided

    worker.goes_on(until=lambda: Message.objects.filter(turn__isnull=False).exists())
    turn = Turn.objects.get(answers=asked)
    require_said_once(turn, asked)
    assert turn.number == 1


def test_a_sweeper_that_is_killed_leaves_the_turn_to_the_next(
    room: Channel, process: Process, worker: Worker
) -> None:
    asked, turn = answering(room)
    worker.nudges()
    process.dies("take", turn.pk, point="conversations.turns.turns.compose", when="before")
    process.dies("sweep", point="conversations.nudges.take_turn", when="before")
    turn.refresh_from_db()
    assert turn.status == Turn.Status.SPEAKING

    worker.goes_on(until=lambda: Message.objects.filter(turn=turn).exists())
    require_said_once(turn, asked)


@pytest.mark.parametrize(
    ("point", "when", "stored"),
    [
        ("conversations.services.yield_floor_to_person", "before", 0),
        ("conversations.tank.live.publish_message", "after", 0),
        ("conversations.services.yield_floor_to_person", "commit", 1),
        ("conversations.tank.live.message_facts", "before", 1),
    ],
    ids=["message written", "every effect written", "committed", "before the live event"],
)
def test_a_persons_message_is_stored_once_and_answered(
    point: str, when: str, stored: int, room: Channel, process: Process, worker: Worker
) -> None:
    ada = make_person("Ada")
    deed = ("write", room.pk, ada.pk, "Odile, how is the tide today?", "nonce-of-ada")
    process.dies(*deed, point=point, when=when)
    assert Message.objects.count() == stored
    worker.nudges()

    again = process.does(*deed)  # her browser had no answer, so it sends the same once more
    asked = Message.objects.get()
    assert (asked.pk, asked.number, asked.person) == (again, 1, ada)
    if stored:
        assert worker.nudges() == []  # nobody was woken: the sweep has to find it
    worker.goes_on(until=lambda: Message.objects.filter(turn__isnull=False).exists())
    require_said_once(Turn.objects.get(answers=asked), asked)
    worker.sweep()
    assert set(Delivery.objects.values_list("status", flat=True)) == {Delivery.Status.SENT}


@pytest.mark.parametrize(
    "point",
    [
        "conversations.turns.turns.build",
        "conversations.turns.turns.check",
        "conversations.turns.turns.typing_time",
    ],
)
def test_a_worker_that_lost_the_database_over_a_turn_takes_it_again(
    point: str, room: Channel, process: Process
) -> None:
    asked, turn = answering(room)
    lost = process.does(
        "take_without_database", turn.pk, point=point, when="before", fault="lose_the_database"
    )
    assert lost[0] == "OperationalError"
    assert lost[1]["released"] == 1
    assert lost[2] == Turn.Status.DONE
    require_said_once(turn, asked)


def test_a_turn_that_breaks_whoever_takes_it_is_given_up(
    room: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The poison row: it is tried a few times, and then the talk goes on without it."""
    _, turn = answering(room)

    def broken(*_: object, **__: object) -> None:
        raise ValueError("this turn can't be composed")

    monkeypatch.setattr(turns, "build", broken)
    for attempt in range(1, claims.MAX_ATTEMPTS + 1):
        with pytest.raises(ValueError, match="can't be composed"):
            turns.take(turn.pk)
        claims.release_abandoned(timezone.now())
        turn.refresh_from_db()
        assert turn.attempts == attempt
    assert turn.status == Turn.Status.FAILED
    assert turn.conversation.next_turn_at is not None
    assert not Message.objects.filter(character__isnull=False).exists()
