"""Characters make things out of talk: begun, joined, written on, finished, heard of; and what was
made of a line goes with it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
import redis
from hypothesis import given
from hypothesis import strategies as st

from audit.configuration import configuration
from audit.models import FileOperation, LLMCall
from characters.models import (
    Character,
    Contribution,
    CreativeProject,
    ProjectMember,
    WorkspaceFile,
)
from conversations.floor import director
from conversations.making import creating, creating_rules
from conversations.making.creating_rules import WorkRules
from conversations.models import Channel, Conversation
from conversations.people import erasure
from conversations.services import close_conversation
from fishbowl.llm.chat import Endpoint, close_clients
from fishbowl.llm.offline.composing import piece
from fishbowl.llm.types import Brief, Line, Making
from memories import writing
from memories.embedding.filling import fill_interests
from memories.models import Memory
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_person,
    make_relationship,
)
from tests.modelserver import ModelServer, reply

SAID = (
    "The ferry was late again, and the gulls had the whole pier to themselves.",
    "I counted three lamps on the water last night, and none of them ours.",
    "Somebody left a kettle on the slipway, full of rain.",
    "A rope remembers the hand that tied it.",
    "The harbour smelled of tar and oranges this morning.",
    "Nobody mends the boats the way the old wright did.",
    "The tide took the north steps before the bell rang.",
    "A harbour without boats is only a wet square.",
)
LINES = tuple(Line(n, ("Mara", "Bram")[n % 2], text, 0.0) for n, text in enumerate(SAID))


# --- the writing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", creating_rules.KINDS)
def test_what_is_written_is_made_of_what_was_said(kind: str) -> None:
    making = Making(kind, theme="boats in the harbour")
    text, _ = piece(None, Brief(speaker="Mara", lines=LINES, seed=3, making=making))
    words = set(text.lower().replace("“", " ").split())
    assert len(words & {word for line in SAID for word in line.lower().split()}) > 5
    other = Making(kind, title="X", theme="boats in the harbour", so_far=text)
    more, _ = piece(None, Brief(speaker="Bram", lines=LINES, seed=3, making=other))
    assert more != text


@given(st.lists(st.text(max_size=80), max_size=8), st.sampled_from(creating_rules.KINDS), st.text())
def test_it_writes_of_anything_without_stumbling(lines: list[str], kind: str, theme: str) -> None:
    heard = tuple(Line(n, "Bram", text, 0.0) for n, text in enumerate(lines))
    brief = Brief(speaker="Mara", lines=heard, making=Making(kind, theme=theme))
    first, again = piece(None, brief), piece(None, brief)
    assert first == again


@given(st.floats(-1, 1), st.lists(st.text(max_size=30), max_size=20), st.integers(0, 9))
def test_richness_lies_between_nothing_and_all(
    near: float, lines: list[str], speakers: int
) -> None:
    rich = creating_rules.richness(near, lines, speakers)
    assert 0 <= rich <= 1
    assert rich <= creating_rules.richness(near, lines, speakers + 1)


@given(st.floats(0, 100), st.floats(-1, 1), st.floats(0, 1))
def test_willingness_grows_with_the_bond(bond: float, near: float, energy: float) -> None:
    low = creating_rules.willingness(bond, near, energy)
    assert 0 <= low <= creating_rules.willingness(min(100.0, bond + 20), near, energy) <= 1


def test_a_dull_talk_begins_nothing() -> None:
    rules = WorkRules()
    assert not any(creating_rules.begins(0.3, 1.0, rules, Random(n)) for n in range(50))
    assert any(creating_rules.begins(0.9, 0.5, rules, Random(n)) for n in range(50))


@pytest.mark.parametrize(
    ("text", "bond", "is_own", "taken"),
    [
        ("The lamps are counted and none is ours.", 50, False, True),
        ("The lamps are counted and none is ours.", 0, False, False),
        ("The kettle is full of rain on the slipway.", 50, False, False),
        ("Hm.", 50, True, False),
    ],
)
def test_the_starter_judges(text: str, bond: float, is_own: bool, taken: bool) -> None:
    so_far = "A kettle full of rain stood on the slipway."
    assert creating_rules.judged(text, so_far, bond, is_own, WorkRules())[0] is taken


# --- in a room ------------------------------------------------------------------------------------


@pytest.fixture
def room(db: None, redis_client: redis.Redis) -> Channel:
    configuration.set_value("works", "chance", 1.0)
    configuration.set_value("works", "richness_from", 0.3)
    configuration.set_value("works", "contribute_hours", 0)
    configuration.forget_cached()
    return make_channel("harbour")


@pytest.fixture
def pair(room: Channel) -> tuple[Character, Character]:
    mara = make_character("Mara", interests=("boats in the harbour",), persona={"openness": 1.0})
    bram = make_character("Bram", interests=("ropes and boats",), persona={"openness": 0.0})
    fill_interests()
    for one, other in ((mara, bram), (bram, mara)):
        make_relationship(one, other, trust=0.8, affection=0.8, attunement=0.8)
    return mara, bram


def a_talk(
    room: Channel, pair: tuple[Character, Character], at: dt.datetime, **fields: Any
) -> Conversation:
    talk = make_conversation(room, started_at=at, **fields)
    for n, text in enumerate(SAID):
        make_message(talk, pair[n % 2], text, at=at + dt.timedelta(seconds=n))
    director.embed_waiting(room.pk)
    close_conversation(talk, "for a test", at + dt.timedelta(minutes=1))
    return talk


def hours(count: float) -> dt.datetime:
    return NOON + dt.timedelta(hours=count)


@pytest.mark.parametrize("kind", ["poem", "song", "letter"])  # what so few lines are enough for
def test_a_talk_becomes_a_work_of_two(
    room: Channel, pair: tuple[Character, Character], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creating_rules, "kind_for", lambda *_: kind)
    mara, bram = pair
    seed = 1_000_000  # a talk's key is the seed of what is written after it
    first = a_talk(room, pair, NOON, pk=seed)
    creating.after_talk(first.pk, hours(0.1))
    creating.after_talk(first.pk, hours(0.2))
    project = CreativeProject.objects.get()
    starter, other = project.started_by, bram if project.started_by == mara else mara
    assert (project.conversation, project.kind) == (first, kind)
    assert project.file is not None
    assert project.file.character == starter
    assert project.file.content.startswith(f"# {project.title}\n\n")
    invited = ProjectMember.objects.get(character=other)
    assert invited.status == "invited"
    for n in range(1, 5):
        creating.after_talk(a_talk(room, pair, hours(n), pk=seed + n).pk, hours(n + 0.1))
    project.refresh_from_db()
    invited.refresh_from_db()
    assert (invited.status, bool(invited.reason)) == ("accepted", True)
    assert project.status == "finished"
    pieces = list(project.contributions.filter(accepted=True))
    assert len(pieces) == creating_rules.PIECES[project.kind]
    assert len({one.content for one in pieces}) == len(pieces)
    assert all(one.from_messages.count() == len(SAID) for one in pieces)
    writers = {one.character for one in pieces}
    assert writers == {starter, other}  # who has never written on comes first
    file = project.file
    assert (file.character is None) == (len(writers) > 1)
    assert all(one.content in file.content for one in pieces)
    assert file.versions.count() >= 1
    assert WorkspaceFile.objects.filter(project=project).count() == 1
    for writer in writers:
        memory = Memory.objects.get(
            owner=writer, kind="creative", content__contains=f"“{project.title}”"
        )
        assert memory.visibility == "public"
    assert LLMCall.objects.filter(purpose="create").count() >= len(pieces)


class Killed(BaseException):
    """As a process is that goes no further."""


def die(*_: Any, **__: Any) -> None:
    raise Killed


def test_what_is_begun_has_its_first_piece_whatever_dies(
    room: Channel, pair: tuple[Character, Character], monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = a_talk(room, pair, NOON)
    grow = creating.grow
    monkeypatch.setattr(creating, "grow", die)
    with pytest.raises(Killed):
        creating.after_talk(talk.pk, hours(0.1))
    monkeypatch.setattr(creating, "grow", grow)
    creating.after_talk(talk.pk, hours(0.2))
    project = CreativeProject.objects.get()
    assert project.contributions.count() == 1
    assert project.file is not None


def test_a_work_is_remembered_by_who_wrote_it_whatever_dies(
    room: Channel, pair: tuple[Character, Character], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(creating_rules, "kind_for", lambda *_: "letter")
    seed, store = 1_000_000, writing._store
    creating.after_talk(a_talk(room, pair, NOON, pk=seed).pk, hours(0.1))
    monkeypatch.setattr(writing, "_store", die)
    with pytest.raises(Killed):
        for n in range(1, 5):
            creating.after_talk(a_talk(room, pair, hours(n), pk=seed + n).pk, hours(n + 0.1))
    monkeypatch.setattr(writing, "_store", store)
    creating.tend(hours(6))
    project = CreativeProject.objects.get()
    assert project.status == "finished"
    writers = set(project.contributions.values_list("character", flat=True))
    remembered = Memory.objects.filter(kind="creative").values_list("owner", flat=True)
    assert sorted(remembered) == sorted(writers)


def test_who_hardly_knows_the_starter_says_no(
    room: Channel, pair: tuple[Character, Character]
) -> None:
    project = CreativeProject.objects.create(
        title="X", kind="poem", started_by=pair[0], started_at=NOON, community=room.community
    )
    stranger = make_character("Odile", state={"energy": 0.1})
    creating.invite(project, stranger.pk, NOON)
    creating.after_talk(a_talk(room, (pair[0], stranger), hours(1)).pk, hours(2))
    member = ProjectMember.objects.get(character=stranger)
    assert (member.status, member.reason) == ("declined", "They are too tired for it.")


@pytest.mark.parametrize("change", ["private", "short", "off", "paused"])
def test_nothing_is_begun_where_it_may_not_be(
    room: Channel, pair: tuple[Character, Character], change: str
) -> None:
    if change == "private":
        Channel.objects.update(is_private=True)
    elif change == "off":
        configuration.set_value("works", "on", False)
        configuration.forget_cached()
    elif change == "paused":
        Character.objects.update(status="paused")
    talk = make_conversation(room)
    for n, text in enumerate(SAID[: 3 if change == "short" else None]):
        make_message(talk, pair[n % 2], text, at=hours(n / 60))
    director.embed_waiting(room.pk)
    close_conversation(talk, "for a test", hours(1))
    creating.after_talk(talk.pk, hours(1))
    assert not CreativeProject.objects.exists()
    assert not LLMCall.objects.exists()


def test_what_nobody_comes_back_to_is_settled(
    room: Channel, pair: tuple[Character, Character]
) -> None:
    creating.after_talk(a_talk(room, pair, NOON).pk, hours(1))
    assert creating.tend(hours(2)) == 0
    assert creating.tend(hours(24 * 30)) == 2
    assert CreativeProject.objects.get().status == "dropped"
    assert ProjectMember.objects.get(status="declined").reason == "They never answered."


def test_a_model_writes_better_ones_and_names_no_person(
    room: Channel, pair: tuple[Character, Character], settings: Any
) -> None:
    ann = make_person("Ann")
    with ModelServer() as server:
        settings.LLM_ENDPOINTS = (
            Endpoint(name="main", base_url=server.base_url, model="t", structured="json_schema"),
        )
        server.enqueue(reply('{"title": "Low Water", "text": "Three lamps, and none of ours."}'))
        creating.after_talk(a_talk(room, pair, NOON).pk, hours(1))
        project = CreativeProject.objects.get()
        assert project.title == "Low Water"
        assert creating.text_of(project) == "Three lamps, and none of ours."
        asked = server.history[0].body["messages"][-1]["content"]
        assert SAID[0] in asked
        talk = make_conversation(room, started_at=hours(2))
        make_message(talk, ann, "I am Ann, and I saw it.", at=hours(2))
        for n, text in enumerate(SAID):
            make_message(talk, pair[n % 2], text, at=hours(2))
        close_conversation(talk, "for a test", hours(3))
        server.enqueue(reply('{"title": "Low Water", "text": "And Ann saw all of it."}'))
        creating.after_talk(talk.pk, hours(3))
        assert "I am Ann" not in server.history[1].body["messages"][-1]["content"]
    close_clients()
    assert Contribution.objects.count() == 1


def test_what_was_made_of_an_erased_line_goes_with_it(
    room: Channel, pair: tuple[Character, Character]
) -> None:
    ann = make_person("Ann")
    talk = a_talk(room, pair, NOON)
    creating.after_talk(talk.pk, hours(1))
    project = CreativeProject.objects.get()
    said = talk.messages.first()
    said.person, said.character, said.role = ann, None, "user"
    said.save()
    receipt = erasure.forget_person(ann, "the person", hours(2))
    assert not Contribution.objects.exists()
    assert not WorkspaceFile.objects.exists()
    project.refresh_from_db()
    assert project.status == "dropped"
    assert receipt.counts["characters.Contribution"] == 1
    assert FileOperation.objects.exists()


@pytest.fixture(autouse=True)
def _no_clients_left() -> Iterator[None]:
    yield
    close_clients()
