"""Services behind commands: found by name, paused, summoned, staged, exported, told why."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from audit.configuration import configuration
from characters import preferences
from characters.models import PersonPreference
from characters.quiet import over_at
from conversations import pausing
from conversations.floor import director
from conversations.initiative import occasions, reminders
from conversations.models import Channel, Conversation, Message, ScheduledEvent, Turn
from conversations.people import erasure, privacy
from conversations.people.export import export_person
from conversations.services import record_incoming
from conversations.text import Refused
from conversations.turns import turns
from conversations.turns.adapting import adapted
from conversations.turns.briefing import load_brief
from conversations.why import reasons
from conversations.wishes import cast, standing, summoning
from fishbowl.llm.types import Voice
from tests.builders import (
    NOON,
    make_call,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_memory,
    make_message,
    make_mood_change,
    make_person,
    make_scenario,
    make_turn,
)

pytestmark = pytest.mark.django_db


def later(**lengths: float) -> dt.datetime:
    return NOON + dt.timedelta(**lengths)


# --- by name --------------------------------------------------------------------------------------


def test_a_character_is_found_by_any_name_that_is_theirs_alone() -> None:
    tomas = make_character("Tomas Brandt")
    mara, marit = make_character("Mara"), make_character("Marit Olsen")
    assert cast.find("tomas") == tomas
    assert cast.find("@Mara") == mara
    assert cast.find("tomas-brandt") == tomas
    assert cast.find("mari") == marit
    for name in ("mar", "", "Nobody"):
        with pytest.raises(Refused) as refused:
            cast.find(name)
        assert refused.value.field == "character"
    assert cast.find_several("Mara, tomas and mara") == [mara, tomas]


def test_suggestions_begin_with_what_begins_so() -> None:
    names = ["Odile", "Tomas Oden", "Flo", *(f"Xo {n:02}" for n in range(30))]
    assert cast.matching("od", names) == ["Odile", "Tomas Oden"]
    assert cast.matching("O", names)[:3] == ["Odile", "Tomas Oden", "Flo"]
    assert len(cast.matching("", names)) == 25


def test_what_moved_somebody_elsewhere_is_not_told() -> None:
    mara, here = make_character("Mara"), make_community(discord_id=7)
    make_mood_change(mara, description="a kind word", community=here)
    make_mood_change(
        mara, description="a quarrel elsewhere", community=make_community(discord_id=8)
    )
    told = cast.feelings(mara, here)
    assert "a kind word" in told
    assert "elsewhere" not in told


# --- rest -----------------------------------------------------------------------------------------


def test_it_says_what_pausing_did() -> None:
    mara, room = make_character("Mara"), make_channel("pier")
    assert pausing.set_character(mara, True).startswith("Mara rests:")
    assert pausing.set_character(mara, True) == "Mara rests already."
    assert pausing.set_character(mara, False) == "Mara is back."
    assert pausing.set_character(mara, False) == "Mara doesn't rest."
    assert pausing.set_channel(room, True) == "Nobody speaks in #pier until /resume."
    room.refresh_from_db()
    assert pausing.set_channel(room, True) == "#pier rests already."
    assert pausing.set_community(room.community, False).endswith("(1 channels).")
    assert pausing.set_everything(True).startswith("Everything rests,")
    assert pausing.set_everything(True) == "Everything rests already."
    assert configuration.is_society_paused()


def test_costs_are_told_by_day_and_purpose_and_by_community() -> None:
    here = make_community(discord_id=7)
    talk = make_conversation(make_channel(community=here))
    now = timezone.now()
    make_call(conversation=talk, cost_usd=Decimal("0.5"), started_at=now)
    make_call(purpose="observe", cost_usd=Decimal("0.25"), started_at=now)
    make_call(cost_usd=Decimal("9"), started_at=now - dt.timedelta(days=8))
    whole = standing.cost(None, now)
    assert f"{now.date()}: 2 calls, 240 tokens, $0.7500" in whole
    assert "speak: 1 calls, 120 tokens, $0.5000" in whole
    own = standing.cost(here, now)
    assert f"{now.date()}: 1 calls, 120 tokens, $0.5000" in own
    assert "observe" not in own
    assert "1 talks under way" in standing.status(here, now)


# --- summoned, staged -----------------------------------------------------------------------------


@pytest.fixture
def room(redis_client: object) -> Channel:
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    return make_channel("pier", mode=Channel.Mode.QUIET)


def step(room: Channel, at: dt.datetime) -> Turn | None:
    turn = director.look(room.pk, at)
    if turn is not None and turn.status == Turn.Status.PLANNED:
        return turns.take(turn.pk, at + dt.timedelta(seconds=3))
    return turn


def test_whoever_is_asked_for_comes_and_greets(room: Channel) -> None:
    make_character("Odile")
    mara, ann = make_character("Mara"), make_person("Ann")
    for _ in range(2):
        summoning.summon(mara, room, ann, NOON)
    assert ScheduledEvent.objects.count() == 1
    step(room, later(seconds=1))
    line = Message.objects.get()
    assert line.character == mara
    assert "Ann" in line.content
    turn = Turn.objects.get()
    assert (turn.trigger, turn.move) == ("event", "greet")
    brief, _ = load_brief(turn, room, later(seconds=1))
    assert brief.addressee == "Ann"
    assert [(one.name, one.is_new) for one in brief.listeners] == [("Ann", True)]


def test_who_rests_or_lives_elsewhere_does_not_come(room: Channel) -> None:
    mara, odile, ann = make_character("Mara"), make_character("Odile"), make_person("Ann")
    room.residents.set([odile])
    with pytest.raises(Refused, match="doesn't come to #pier"):
        summoning.summon(mara, room, ann, NOON)
    pausing.set_character(odile, True)
    odile.refresh_from_db()
    with pytest.raises(Refused, match="Odile rests"):
        summoning.summon(odile, room, ann, NOON)


def test_a_scene_is_played_in_its_premise_by_its_players_to_its_end(room: Channel) -> None:
    mara, odile, tomas = (make_character(name) for name in ("Mara", "Odile", "Tomas"))
    old = make_conversation(room)
    scene = summoning.stage(room, [mara, odile], "The lamp is out.", NOON)
    old.refresh_from_db()
    assert (old.status, old.close_reason) == ("closed", "a scene begins")
    with pytest.raises(Refused, match="A scene is being played"):
        summoning.stage(room, [mara, odile], "Again.", NOON)
    at = NOON
    for _ in range(200):
        at += dt.timedelta(seconds=40)
        step(room, at)
        scene.refresh_from_db()
        if scene.status == Conversation.Status.CLOSED:
            break
    assert scene.status == Conversation.Status.CLOSED
    said = Message.objects.filter(conversation=scene).select_related("character")
    assert said.first().character == mara
    assert {one.character for one in said} == {mara, odile}
    assert said.count() >= 6
    assert tomas not in {one.character for one in said}
    turn = Turn.objects.filter(conversation=scene, status=Turn.Status.DONE).first()
    assert load_brief(turn, room, at)[0].scenario == "The lamp is out."
    with pytest.raises(Refused, match="The players rest"):
        summoning.stage(room, [mara, odile], "Again.", at)
    summoning.stage(room, [mara, odile], "", at, scenario=make_scenario(), by_keeper=True)


@pytest.mark.parametrize("count", [1, 7])
def test_a_scene_takes_some_players(room: Channel, count: int) -> None:
    with pytest.raises(Refused, match="two to 6"):
        summoning.stage(room, [make_character() for _ in range(count)], "Fog.", NOON)


# --- how somebody is answered ---------------------------------------------------------------------


def test_a_voice_keeps_to_what_is_wished_for() -> None:
    voice = Voice(formality=0.5, verbosity=0.5, emoji_use=0.4)
    assert adapted(voice, {}) == voice
    assert adapted(voice, {"length": "short"}).verbosity == 0.2
    assert adapted(voice, {"length": "long", "emoji": "none"}).emoji_use == 0.0
    assert adapted(Voice(formality=0.9), {"formality": "formal"}).formality == 0.9
    assert adapted(Voice(formality=0.9), {"formality": "casual"}).formality == 0.2
    assert adapted(voice, {"length": "whatever"}) == voice


def test_who_wishes_it_is_answered_shortly_and_nobody_else(room: Channel) -> None:
    make_character("Mara", style={"verbosity": 0.8})
    ann, bob = make_person("Ann"), make_person("Bob")
    preferences.set_style(ann, {"length": "short"})
    found = {}
    at = NOON
    for person in (ann, bob):
        at += dt.timedelta(minutes=5)
        record_incoming(room.pk, person, "Mara, how is the sea?", now=at)
        turn = director.look(room.pk, at)
        assert turn is not None
        found[person.name] = load_brief(turn, room, at)[0].voice.verbosity
        turns.take(turn.pk, at + dt.timedelta(seconds=3))
    assert found == {"Ann": 0.2, "Bob": 0.8}
    with pytest.raises(preferences.Unusable, match="length can be short"):
        preferences.set_style(ann, {"length": "endless"})


@pytest.mark.parametrize(
    ("at", "expected"),
    [("23:00", "07:00"), ("06:59", "07:00"), ("07:00", "07:00"), ("12:00", "12:00")],
)
def test_quiet_hours_may_lie_past_midnight(at: str, expected: str) -> None:
    moment = dt.datetime.fromisoformat(f"2026-03-04T{at}+00:00")
    over = over_at((dt.time(22), dt.time(7)), "UTC", moment)
    assert f"{over:%H:%M}" == expected
    assert dt.timedelta() <= over - moment < dt.timedelta(days=1)


# --- what is theirs -------------------------------------------------------------------------------


def test_an_export_is_all_that_is_kept_of_somebody_and_no_vectors() -> None:
    mara, ann, bob = make_character("Mara"), make_person("Ann"), make_person("Bob")
    room = make_channel("pier")
    make_message(make_conversation(room), ann, "I row.")
    make_memory(mara, "Ann rows.", about_person_id=ann.pk)
    make_memory(mara, "Ann owes Bob.", about_person_id=ann.pk, told_by_person_id=bob.pk)
    preferences.set_style(ann, {"length": "short"})
    reminders.remind(ann, room, "in 5 minutes", "rope", NOON)
    told = json.loads(json.dumps(export_person(ann, NOON)))
    assert [one["content"] for one in told["messages"]] == ["I row."]
    assert [one["content"] for one in told["memories"]] == ["Ann rows."]
    assert told["told_by_others"] == {"memories": 1, "facts": 0}
    assert told["dates"][0]["context"] == {"what": "rope"}
    assert told["memberships"][0]["community"] == room.community.name
    assert "embedding" not in json.dumps(told)


def test_a_keeper_may_write_it_down(capsys: pytest.CaptureFixture[str]) -> None:
    make_person("Ann")
    call_command("export_person", "Ann")
    assert json.loads(capsys.readouterr().out)["person"]["username"] == "Ann"


def test_what_was_asked_for_goes_with_who_asked(room: Channel) -> None:
    make_character("Mara")
    ann = make_person("Annika")
    preferences.set_style(ann, {"length": "short"})
    reminders.remind(ann, room, "in 1 minute", "the silver rope", NOON)
    step(room, later(minutes=1, seconds=1))
    line = Message.objects.get()
    assert "the silver rope" in line.content
    receipt = erasure.forget_person(ann, "the person", later(minutes=2))
    line.refresh_from_db()
    assert line.content == ""
    assert not PersonPreference.objects.exists()
    assert not ScheduledEvent.objects.exists()
    turn = Turn.objects.get()
    assert "Annika" not in turn.reason + turn.draft
    assert "1 reminders and dates" in privacy.receipt_words(receipt)


def test_levels_are_explained_and_changed() -> None:
    assert "You would begin at **minimal**" in privacy.explain(None, "minimal")
    ann = make_person("Ann")
    said = privacy.set_level(ann, "none", NOON)
    assert "nobody answers you" in said
    assert "/forget-me" in said
    assert "You are at **none**" in privacy.explain(ann, "minimal")


# --- why ------------------------------------------------------------------------------------------


def test_why_tells_everybody_what_is_theirs(room: Channel) -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    talk = make_conversation(room)
    heard = make_message(talk, ann, "Where is the rope?")
    make_mood_change(mara, valence=0.6, description="praise", recorded_at=NOON - dt.timedelta(1))
    turn = make_turn(
        talk, mara, answers=heard, trigger="person", status=Turn.Status.DONE,
        scores={str(mara.pk): {"total": 1.0, "chance": 1.0, "addressed": 0.6}},
    )  # fmt: skip
    line = make_message(talk, mara, "In the shed.", turn=turn)
    for rank, (text, fields) in enumerate(
        [
            ("Ann said: “I lost a rope.”", {"told_by_person_id": ann.pk}),
            ("Bob hid the rope.", {}),
            ("Ropes rot.", {"visibility": "public"}),
        ],
        1,
    ):
        memory = make_memory(mara, text, **fields)
        turn.recollections.create(memory=memory, rank=rank, score=1.0, parts={"text": 1.0})
    told = reasons.why(line.pk, ann.pk, sees_all=False)
    assert "“In the shed.”" in told
    assert "after Ann: “Where is the rope?”" in told
    assert "in good spirits" in told
    assert "I lost a rope" in told
    assert "Ropes rot" in told
    assert "Bob hid" not in told
    assert "and 1 that is not yours to read" in told
    assert "was spoken to +0.60" in told
    assert "I lost a rope" not in reasons.why(line.pk, None, sees_all=False)
    assert "Bob hid the rope" in reasons.why(line.pk, None, sees_all=True)
    with pytest.raises(Refused, match="isn't a character's line"):
        reasons.why(heard.pk, ann.pk, sees_all=True)


def test_an_event_is_taken_for_its_person(room: Channel) -> None:
    make_character("Mara")
    ann = make_person("Ann")
    reminders.remind(ann, room, "in 1 minute", "rope", NOON)
    turn = director.look(room.pk, later(minutes=2))
    assert turn is not None
    assert occasions.of_turn(turn) == occasions.Occasion(
        ann.pk, "Ann", "You asked to be reminded: rope"
    )
