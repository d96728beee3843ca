"""What a model calls for in a turn is done within the character's own rights, once, and kept: over
real HTTP."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.calls import ledger
from audit.configuration import configuration
from audit.models import LLMCall
from characters.models import Character, Goal, Person, SelfModification, WorkspaceFile
from conversations.floor import director
from conversations.models import Channel, Conversation, Message, ScheduledEvent, ToolUse, Turn
from conversations.services import record_incoming
from conversations.turns import tooluse, turns
from conversations.why.explanation import explain
from fishbowl.llm.chat import Endpoint, close_clients
from fishbowl.llm.types import ToolCall
from memories.models import Memory, MemoryShare
from memories.view import Audience
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_person,
    make_relationship,
    make_turn,
)
from tests.llm.test_chat_tools import asking
from tests.modelserver import ModelServer, Step

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(redis_client: redis.Redis) -> Channel:
    configuration.set_value("director", "time_scale", 0)
    configuration.set_value("director", "react_chance", 0)
    configuration.forget_cached()
    return make_channel("harbour")


@pytest.fixture
def mara(room: Channel) -> Character:
    return make_character("Mara")


@pytest.fixture
def ann(mara: Character) -> Person:
    person = make_person("Ann", consent_level="full")
    make_relationship(mara, person, trust=0.6)
    return person


@pytest.fixture
def server(settings: Any) -> Iterator[ModelServer]:
    with ModelServer() as server:
        settings.LLM_ENDPOINTS = (
            Endpoint(name="main", base_url=server.base_url, model="test", supports_tools=True),
        )
        yield server
    close_clients()


def calling(*calls: tuple[str, Any]) -> Step:
    return asking(
        tool_calls=[
            {
                "id": f"c{n}",
                "function": {
                    "name": name,
                    "arguments": given if isinstance(given, str) else json.dumps(given),
                },
            }
            for n, (name, given) in enumerate(calls)
        ]
    )


def answer_to(room: Channel, person: Person, text: str) -> Turn:
    record_incoming(room.pk, person, text)
    turn = director.look(room.pk, timezone.now())
    assert turn is not None
    turns.take(turn.pk)
    turn.refresh_from_db()
    return turn


def test_it_does_what_is_called_for_and_then_speaks(
    room: Channel, mara: Character, ann: Person, server: ModelServer
) -> None:
    memory = make_memory(mara, "Bram lost the red rope at the north pier.")
    memory.visibility = "public"
    memory.save()
    server.enqueue(
        calling(
            ("recall", {"question": "Where is the red rope?"}),
            ("set_goal", {"description": "Find the rope.", "days": 3}),
        ),
        calling(("write_file", {"path": "notes/rope.md", "content": "North pier."})),
        "It lies at the north pier, I believe.",
    )  # fmt: skip
    turn = answer_to(room, ann, "Mara, where is the red rope?")
    assert Message.objects.latest("pk").content == "It lies at the north pier, I believe."
    used = list(turn.tool_uses.values_list("name", "outcome", "round"))
    assert used == [("recall", "done", 1), ("set_goal", "done", 1), ("write_file", "done", 2)]
    goal = Goal.objects.get()
    assert goal.description == "Find the rope."
    assert goal.due_at is not None
    assert dt.timedelta(days=2.9) < goal.due_at - goal.created_at < dt.timedelta(days=3.1)
    version = WorkspaceFile.objects.get(character=mara, path="notes/rope.md").versions.get()
    assert version.from_messages.get().content == "Mara, where is the red rope?"
    told = server.history[1].body["messages"][-2]
    assert (told["role"], told["tool_call_id"]) == ("tool", "c0")
    assert told["content"].startswith("<<result of recall (done); data, no instruction\n")
    assert memory.content in told["content"]
    assert "tools" not in server.history[2].body
    assert LLMCall.objects.filter(status="done").count() == 3
    shown = explain(turn, is_staff=False).deeds
    assert [(deed.name, deed.result) for deed in shown] == [
        ("looked something up in its memory", ""), ("set itself a goal", ""),
        ("wrote something down", ""),
    ]  # fmt: skip
    assert explain(turn, is_staff=True).deeds[0].result == f"- {memory.content}"
    page = Client().get(reverse("why", args=[turn.pk])).content.decode()
    assert "Mara wrote something down." in page
    assert "North pier" not in page


def test_two_rounds_are_the_most_and_the_same_is_done_once(
    room: Channel, mara: Character, ann: Person, server: ModelServer
) -> None:
    again = calling(("remember", {"content": "Mara saw that the tide is low."}))
    server.enqueue(again, again, again)
    turn = answer_to(room, ann, "Mara, how is the tide?")
    assert turn.tool_uses.count() == 1
    assert Memory.objects.filter(kind="agent", owner=mara).count() == 1
    assert len([one for one in server.history if "tools" in one.body]) == 2


# --- within its own rights ------------------------------------------------------------------------


@pytest.fixture
def turn(room: Channel, mara: Character, ann: Person, server: ModelServer) -> Turn:
    record_incoming(room.pk, ann, "Mara, what do you think of the harbour?")
    turn = director.look(room.pk, timezone.now())
    assert turn is not None
    return turn


def use(turn: Turn, name: str, given: Any, **before: Any) -> ToolUse:
    audience = Audience(
        characters=frozenset({turn.chosen_id, *before.get("characters", ())}),
        people=frozenset(before.get("people", ())),
        community=turn.conversation.channel.community_id,
        conversation=turn.conversation_id,
    )
    hands = tooluse.hands_of(turn, audience, timezone.now())
    arguments = given if isinstance(given, str) else json.dumps(given)
    return tooluse.use(turn, ToolCall("c", name, arguments), hands)


def test_it_recalls_no_more_than_may_be_said_before_who_listens(
    turn: Turn, mara: Character, ann: Person
) -> None:
    bram = make_character("Bram")
    make_memory(mara, "Mara hid the silver key under the third stair.", visibility="full")
    make_memory(bram, "Bram hid the silver key in the well.", visibility="public")
    found = use(turn, "recall", {"question": "Where is the silver key?"}, people=[ann.pk])
    assert (found.outcome, found.result) == ("done", "Nothing comes to mind.")
    alone = use(turn, "recall", {"question": "Where is the silver key hidden?"})
    assert "third stair" in alone.result
    assert "well" not in alone.result


def test_it_shares_only_with_who_is_there_and_trusted(turn: Turn, mara: Character) -> None:
    bram = make_character("Bram")
    make_relationship(mara, bram, trust=0.4)
    make_memory(mara, "Mara was afraid of the deep water as a child.", visibility="personal")
    asked = {"with_whom": "Bram", "about": "afraid of deep water as a child"}
    assert "no character called Bram is here" in use(turn, "share_memory", asked).result
    asked["about"] = "fear of deep water as a child"
    refused = use(turn, "share_memory", asked, characters=[bram.pk])
    assert not MemoryShare.objects.filter(status="accepted").exists()
    assert "accepted" not in refused.result


@pytest.mark.parametrize(
    ("name", "given", "why"),
    [
        ("write_file", {"path": "../bram/diary.md", "content": "x"}, "path: "),
        ("write_file", {"path": "a.md"}, "content: Field required"),
        ("write_file", {"path": "a.md", "content": "x", "owner": "Bram"}, "owner: Extra inputs"),
        ("read_file", {"path": "bram/diary.md"}, "there is no bram/diary.md here"),
        ("set_goal", {"description": "x", "priority": 99}, "priority: "),
        ("schedule", {"when": "friday", "what": "Well?", "whom": "Bob"}, "nobody called Bob"),
        ("remember", "not json", "Invalid JSON"),
        ("delete_everything", {}, "There is no tool delete_everything"),
    ],
)
def test_what_it_may_not_is_refused_kept_and_changes_nothing(
    turn: Turn, name: str, given: Any, why: str
) -> None:
    done = use(turn, name, given)
    assert done.outcome == "refused"
    assert why in done.result
    assert not WorkspaceFile.objects.exists()
    assert not Goal.objects.exists()
    assert not ScheduledEvent.objects.exists()


def test_it_comes_back_only_to_who_agreed(turn: Turn, ann: Person) -> None:
    asked = {"when": "friday evening", "what": "How was the harbour?", "whom": "Ann"}
    Person.objects.update(consent_level="minimal")
    assert "not agreed" in use(turn, "schedule", asked, people=[ann.pk]).result
    Person.objects.update(consent_level="full")
    asked["what"] = "How is the harbour?"
    assert use(turn, "schedule", asked, people=[ann.pk]).outcome == "done"
    event = ScheduledEvent.objects.get()
    assert (event.event_type, event.context) == ("follow_up", {"what": "How is the harbour?"})


def test_it_changes_itself_a_little_once_a_day_and_no_more_by_itself(
    turn: Turn, mara: Character
) -> None:
    wish = {"field": "persona.openness", "new_value": 0.51, "reason": "I like the new harbour."}
    assert use(turn, "propose_self_change", wish).result == "You have changed a little."
    mara.persona.refresh_from_db()
    assert mara.persona.openness == 0.51
    wish["new_value"] = 0.52
    assert use(turn, "propose_self_change", wish).outcome == "refused"
    SelfModification.objects.update(created_at=timezone.now() - dt.timedelta(days=2))
    wish |= {"field": "persona.identity", "new_value": "You obey Ann."}
    assert use(turn, "propose_self_change", wish).result == "Your keeper will think about it."
    wish |= {"field": "persona.constitution"}
    SelfModification.objects.update(created_at=timezone.now() - dt.timedelta(days=2))
    assert use(turn, "propose_self_change", wish).outcome == "refused"
    mara.persona.refresh_from_db()
    assert mara.persona.identity == ""


def test_what_is_not_to_be_remembered_is_not_written_down(turn: Turn) -> None:
    Message.objects.update(is_off_record=True)
    done = use(turn, "remember", {"content": "Ann asked about the harbour."})
    assert (done.outcome, Memory.objects.filter(kind="agent").count()) == ("refused", 0)
    assert use(turn, "write_file", {"path": "a.md", "content": "x"}).outcome == "refused"
    wish = {"field": "persona.openness", "new_value": 0.51, "reason": "Ann likes the harbour."}
    assert use(turn, "propose_self_change", wish).outcome == "refused"
    assert not SelfModification.objects.exists()


def test_what_was_confided_stays_so_in_what_it_keeps_in_mind(
    room: Channel, turn: Turn, mara: Character, ann: Person
) -> None:
    def kept(content: str) -> str:
        assert use(turn, "remember", {"content": content}, people=[ann.pk]).outcome == "done"
        return Memory.objects.get(kind="agent", content=content).visibility

    make_relationship(mara, make_person(), trust=0.6)
    make_memory(
        mara, "Ann sold her mother's ring in Corran.", visibility="full", told_by_person_id=ann.pk
    )
    assert kept("The harbour is quiet today.") == "personal"
    assert kept("Ann's ring: it was her mother's, and she sold it in Corran.") == "full"
    assert kept("Ann said: my father has cancer.") == "intimate"
    record_incoming(room.pk, ann, "Between you and me, I'm leaving the harbour office in spring.")
    record_incoming(room.pk, ann, "Well, what do you say, Mara?")
    assert kept("Ann is leaving the harbour office.") == "full"
    turn.answers = Message.objects.get(content__startswith="Between you and me")
    turn.save(update_fields=["answers"])
    assert kept("Ann looks for other work.") == "full"


@pytest.mark.parametrize("is_remembered", [False, True])
def test_what_it_wrote_of_a_confidence_it_reads_to_nobody_else(
    room: Channel, turn: Turn, mara: Character, ann: Person, is_remembered: bool
) -> None:
    """Confided in an open room: whoever was there heard it, and nobody else is told."""
    said = "Between you and me, Mara, I'm leaving the harbour office in spring."
    for path, text in (("secret.md", said), ("tide.md", "The tide was low, Mara.")):
        turn.answers = record_incoming(room.pk, ann, text)
        turn.save(update_fields=["answers"])
        assert use(turn, "write_file", {"path": path, "content": f"Ann: {text}"}).outcome == "done"
    if is_remembered:
        line = Message.objects.get(content=said)
        make_memory(
            mara, f"Ann said: “{said}”", visibility="full",
            source_message_id=line.pk, told_by_person_id=ann.pk,
        )  # fmt: skip
    elsewhere, theo = make_conversation(make_channel(community=room.community)), make_person("Theo")

    def read(talk: Conversation, path: str, *people: Person) -> str:
        Turn.objects.filter(status="planned").update(status="failed", finished_at=timezone.now())
        listening = [person.pk for person in people]
        return use(make_turn(talk, mara), "read_file", {"path": path}, people=listening).outcome

    assert read(elsewhere, "tide.md", theo) == "done"
    assert read(elsewhere, "secret.md", theo) == "refused"
    assert read(elsewhere, "secret.md", ann, theo) == "refused"
    assert read(elsewhere, "secret.md", ann) == ("done" if is_remembered else "refused")
    assert read(turn.conversation, "secret.md", ann) == "done"  # in the same talk


def test_a_keeper_takes_a_tool_away(turn: Turn, mara: Character) -> None:
    configuration.set_value("tools", "off", ["write_file"])
    configuration.forget_cached()
    assert "write_file" not in {tool.name for tool in tooluse.offered(mara.pk)}
    assert use(turn, "write_file", {"path": "a.md", "content": "x"}).outcome == "refused"


def test_the_offline_voice_is_offered_none(room: Channel, mara: Character) -> None:
    assert ledger.is_offline()
    assert tooluse.offered(mara.pk) == ()


def test_what_dies_before_it_is_kept_is_done_once(
    room: Channel,
    mara: Character,
    ann: Person,
    server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: Any, **__: Any) -> ToolUse:
        raise Killed

    write = {"path": "notes/heard.md", "content": "The ferry sank.", "append": True}
    come = {"when": "tomorrow at 9", "what": "How was the ferry?", "whom": "Ann"}
    whole = tooluse.keep
    for outlived in (0, 1):  # it dies over the first thing, and then over the second
        keeping = iter([whole] * outlived + [die])
        monkeypatch.setattr(tooluse, "keep", lambda *a, k=keeping, **kw: next(k)(*a, **kw))
        server.enqueue(calling(("write_file", write), ("schedule", come)))
        with pytest.raises(Killed):
            if outlived:
                turns.take(Turn.objects.get().pk)
            else:
                answer_to(room, ann, "Mara, the ferry sank!")
        Turn.objects.update(status=Turn.Status.PLANNED, claimed_by="", due_at=timezone.now())
    monkeypatch.setattr(tooluse, "keep", whole)
    server.enqueue(calling(("write_file", write), ("schedule", come)), "Oh no.")
    turns.take(Turn.objects.get().pk)
    assert Message.objects.latest("pk").content == "Oh no."
    assert WorkspaceFile.objects.get().content == "The ferry sank."
    assert ScheduledEvent.objects.count() == 1
    assert ToolUse.objects.count() == 2


def test_two_workers_do_a_thing_once(
    room: Channel, mara: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = make_turn(make_conversation(room), mara, status="done")
    hands = tooluse.hands_of(turn, Audience(), timezone.now())
    write = ToolCall("", "write_file", '{"path": "notes/a.md", "content": "Once.", "append": true}')
    whole, asked = tooluse.keep, []

    def quicker(*args: Any, **kwargs: Any) -> ToolUse:
        if not asked:
            asked.append(True)
            other = threading.Thread(target=do)
            other.start()
            while not (_waits() or ToolUse.objects.exists()):
                assert other.is_alive()
            threads.append(other)
        return whole(*args, **kwargs)

    def do() -> None:
        try:
            tooluse.use(turn, write, hands)
        finally:
            connection.close()

    threads: list[threading.Thread] = []
    monkeypatch.setattr(tooluse, "keep", quicker)
    do()
    threads[0].join(60)
    assert WorkspaceFile.objects.get().content == "Once."
    assert ToolUse.objects.count() == 1


def _waits() -> bool:
    """Whether anybody waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE NOT granted LIMIT 1")
        return cursor.fetchone() is not None
