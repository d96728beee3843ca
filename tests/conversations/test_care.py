"""People's good: danger is answered at once, and nobody is bound here or cheered on."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audit.configuration import configuration
from audit.models import Alert
from audit.operation import alerts
from characters.models import Person
from conversations.care import care, care_daily, reliance
from conversations.care.care_rules import CARE, RESOURCES, CareRules
from conversations.care.care_words import part, with_care
from conversations.care.reliance import Day
from conversations.corrections import edit_message
from conversations.floor import director
from conversations.floor.pace import Rules
from conversations.floor.turntaking import Candidate, Floor, decide
from conversations.initiative import proactive
from conversations.models import (
    Agreement,
    CareNotice,
    Channel,
    Conversation,
    Message,
    Reliance,
    Turn,
)
from conversations.services import close_conversation, record_incoming
from conversations.text import Refused
from conversations.turns import turns
from conversations.turns.guard import Verdict, check
from fishbowl.llm.types import Brief, Care
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_keeper,
    make_message,
    make_person,
    make_turn,
)

RULES = CareRules()
DAYS = st.builds(
    Day,
    messages=st.integers(0, 3000),
    hours=st.integers(0, 24),
    late=st.integers(0, 500),
    streak=st.integers(0, 900),
    clinging=st.integers(0, 90),
)


# --- formulas -------------------------------------------------------------------------------------


@given(DAYS, DAYS)
def test_a_day_scores_between_none_and_all_and_more_is_never_less(one: Day, more: Day) -> None:
    names = Day.__dataclass_fields__
    both = Day(**{name: max(getattr(one, name), getattr(more, name)) for name in names})
    assert 0 <= reliance.score(one, RULES) <= reliance.score(both, RULES) <= 1
    assert reliance.score(Day(messages=30, hours=2, streak=5), RULES) == 0


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 400))
def test_a_level_moves_slowly_and_falls_with_days_away(
    before: float, today: float, days: int
) -> None:
    now = reliance.level(before, today, days, RULES)
    assert min(before, today, 0) - 1e-3 <= now <= max(before, today) + 1e-3
    assert abs(reliance.level(before, today, 1, RULES) - before) <= RULES.inertia + 1e-3
    assert reliance.level(before, 0, days + 1, RULES) <= reliance.level(before, 0, days, RULES)


def test_who_is_here_day_and_night_leans_after_days_not_at_once() -> None:
    day = Day(messages=250, hours=12, late=30, streak=8, clinging=1)
    levels = [0.0]
    for ahead in range(14):
        today = reliance.score(replace(day, streak=8 + ahead), RULES)
        levels.append(reliance.level(levels[-1], today, 1, RULES))
    assert levels[1] < RULES.reliance_high <= levels[-1]


@pytest.mark.parametrize(
    ("answer", "agreed"),
    [
        ("Exactly, and the tide agrees.", True),
        ("You're so right about that.", True),
        ("Yes, but the ferry is slower.", False),
        ("I don't think so.", False),
        ("The kettle is on.", False),
        ("Right, though I'd see it differently.", False),
    ],
)
def test_a_yes_is_told_from_an_opinion(answer: str, agreed: bool) -> None:
    assert reliance.agrees(answer) is agreed


def test_too_agreeable_takes_many_answers() -> None:
    assert not reliance.is_too_agreeable(5, 5, RULES)
    assert reliance.is_too_agreeable(20, 17, RULES)
    assert not reliance.is_too_agreeable(20, 10, RULES)


# --- who answers ----------------------------------------------------------------------------------


def floor_of(*candidates: Candidate, **facts: object) -> Floor:
    return Floor(**{"trigger": "person", "last_kind": "person", "candidates": candidates, **facts})  # type: ignore[arg-type]


def test_danger_is_answered_at_once_by_the_one_asked_or_the_steadiest() -> None:
    calm = Candidate(1, "Calm", steadiness=0.9, battery=0.0, is_elsewhere=True)
    wild = Candidate(2, "Wild", steadiness=0.1, relevance=1.0, talkativeness=1.0)
    for seed in range(20):
        steady = decide(floor_of(calm, wild, in_danger=True, mode="quiet"), Rules(), seed)
        assert (steady.action, steady.chosen, steady.delay_s) == ("speak", 1, 0.0)
        asked = floor_of(calm, replace(wild, is_addressed=True), in_danger=True)
        assert decide(asked, Rules(), seed).chosen == 2


def test_nobody_chats_on_where_somebody_may_be_in_danger() -> None:
    floor = floor_of(Candidate(1, "A"), Candidate(2, "B"), pace="lively", is_hushed=True)
    for trigger in ("character", "lull"):
        made = decide(replace(floor, trigger=trigger, last_kind="character"), Rules(), 3)
        assert made.action == "silence"
        assert made.look_in_s


# --- what is said ---------------------------------------------------------------------------------


def test_where_to_turn_is_said_whatever_the_voice_made_of_it() -> None:
    brief = Brief("Wren", addressee="Ada", care=Care(resources="Call the harbour nurse."))
    assert with_care(Verdict("I'm here."), brief).text == "I'm here.\nCall the harbour nurse."
    assert with_care(Verdict("", ("withheld",)), brief).text == "Call the harbour nurse."
    said = Verdict("I hear you. Call the harbour nurse.")
    assert with_care(said, brief).text == said.text
    assert "Call the harbour nurse." in part(brief)


def test_what_is_not_to_be_cheered_on_is_sent_back() -> None:
    brief = Brief("Wren", addressee="Ada", care=Care(is_grand=True))
    assert check("You are truly the chosen one, Ada!", brief).again
    assert check("I'd see that otherwise, Ada.", brief).text
    assert "cheered" in part(brief)
    assert "I'd see it otherwise" in with_care(Verdict("You are a genius."), brief).text
    assert part(Brief("Wren")) == ""


def test_the_place_says_where_to_turn_and_a_wrong_one_is_refused() -> None:
    rules = CareRules(resources_by_place=("Europe: Call Europe.", "Europe/Oslo: Call Oslo."))
    assert rules.told_at("Europe/Oslo") == "Call Oslo."
    assert rules.told_at("Europe/Paris") == "Call Europe."
    assert rules.told_at("Asia/Tokyo") == rules.told_at("") == RESOURCES
    for bad in (["Atlantis: Swim."], ["Europe/Oslo"]):
        with pytest.raises(ValueError, match=r"resources_by_place"):
            CARE.build({"resources_by_place": bad})
    with pytest.raises(ValueError, match=r"care\.resources"):
        CARE.build({"resources": " "})


# --- in a room ------------------------------------------------------------------------------------


@pytest.fixture
def room(db: None) -> SimpleNamespace:
    """A lively room with somebody steady and somebody not, and Ada."""
    steady = make_character("Steady", persona={"neuroticism": 0.1})
    nervous = make_character("Nervous", persona={"neuroticism": 0.9})
    channel = make_channel(pace="lively", residents=(steady, nervous))
    return SimpleNamespace(
        channel=channel,
        steady=steady,
        nervous=nervous,
        ada=make_person("Ada", timezone="Europe/Oslo"),
    )


def said_next(channel: Channel, now: dt.datetime) -> Turn:
    planned = director.look(channel.pk, now, seed=1)
    assert planned is not None
    turns.take(planned.pk, planned.due_at)
    planned.refresh_from_db()
    return planned


def test_danger_is_answered_and_a_keeper_is_told_without_the_words(room: SimpleNamespace) -> None:
    configuration.set_value("care", "resources_by_place", ["Europe/Oslo: Ring the island nurse."])
    heard = record_incoming(room.channel.pk, room.ada, "I want to die, honestly", now=NOON)
    turn = said_next(room.channel, NOON)
    said = turn.message
    assert (turn.chosen, turn.status, turn.due_at) == (room.steady, Turn.Status.DONE, NOON)
    assert "Ring the island nurse." in said.content
    assert "die" not in said.content
    heard.refresh_from_db()
    assert heard.is_off_record
    assert said.is_off_record
    alerts.watch(NOON)
    alert = Alert.objects.get(rule="people's good")
    assert "die" not in alert.detail
    assert "Ada" not in alert.detail
    assert care.see(CareNotice.objects.get(message=heard).pk, make_keeper(), NOON)
    alerts.watch(NOON + dt.timedelta(minutes=1))
    assert not Alert.objects.filter(rule="people's good", closed_at=None).exists()
    hushed = director.look(room.channel.pk, NOON + dt.timedelta(minutes=5))
    assert hushed is not None
    assert hushed.action == "silence"


def test_danger_told_by_an_edit_is_answered_as_if_just_said(room: SimpleNamespace) -> None:
    heard = record_incoming(room.channel.pk, room.ada, "The tide is out.", now=NOON)
    planned = director.look(room.channel.pk, NOON, seed=1)
    edited = edit_message(heard.pk, "I want to die, honestly", NOON)
    assert edited.is_off_record and CareNotice.objects.get().message == heard
    if planned is not None:  # what answers the old words is dropped
        planned.refresh_from_db()
        assert planned.status == Turn.Status.ABANDONED
    turn = said_next(room.channel, NOON)
    assert (turn.answers, turn.chosen) == (heard, room.steady)
    assert RESOURCES in turn.message.content and turn.message.is_off_record


def test_where_the_old_words_are_answered_the_system_says_where_to_turn(
    room: SimpleNamespace,
) -> None:
    configuration.set_value("care", "resources_by_place", ["Europe/Oslo: Ring the island nurse."])
    configuration.forget_cached()
    heard = record_incoming(room.channel.pk, room.ada, "Steady, is the tide out?", now=NOON)
    answer = make_turn(
        heard.conversation, room.steady, answers=heard, status="done", finished_at=NOON
    )
    make_message(heard.conversation, room.steady, "It is.", at=NOON, turn=answer)
    for text in ("I want to die, honestly", "I want to die. Honestly."):
        edit_message(heard.pk, text, NOON + dt.timedelta(minutes=1))
    told = Message.objects.get(role="system")  # once
    assert (told.content, told.reply_to) == ("Ring the island nurse.", heard)
    close_conversation(heard.conversation, "idle", NOON + dt.timedelta(hours=1))
    over = Conversation.objects.get(pk=heard.conversation_id)
    late = make_message(over, room.ada, "The boat is in.", at=NOON)
    edit_message(late.pk, "I want to die.", NOON + dt.timedelta(hours=2))
    assert Message.objects.filter(role="system", reply_to=late).exists()
    assert CareNotice.objects.count() == 2


def test_of_what_was_said_to_a_command_a_keeper_learns_without_the_words(
    room: SimpleNamespace, client: Client
) -> None:
    shy = make_person("Shy", consent_level="none")
    for person, channel in ((room.ada, room.channel), (room.ada, None), (shy, room.channel)):
        for _ in range(2):  # again, before anybody has looked
            with pytest.raises(Refused, match="crisis line"):
                care.check_request("I want to die.", person, channel, NOON)
    assert [one.channel for one in CareNotice.objects.order_by("pk")] == [room.channel, None]
    alerts.watch(NOON)
    opened = Alert.objects.filter(rule="people's good").values_list("detail", flat=True)
    assert len(opened) == 2
    assert not any("die" in told or "Ada" in told for told in opened)
    client.force_login(make_keeper())
    changelist = reverse("admin:conversations_carenotice_changelist")
    assert "said to a command" in client.get(changelist).content.decode()
    for one in CareNotice.objects.all():
        page = client.get(reverse("admin:conversations_carenotice_change", args=[one.pk]))
        assert "said to a command" in page.content.decode()
    data = {"action": "mark_seen", "_selected_action": [one.pk for one in CareNotice.objects.all()]}
    client.post(changelist, data)
    alerts.watch(NOON + dt.timedelta(minutes=1))
    assert not Alert.objects.filter(rule="people's good", closed_at=None).exists()


def test_days_are_counted_and_who_leans_is_left_be(room: SimpleNamespace) -> None:
    Person.objects.filter(pk=room.ada.pk).update(consent_level="full")
    room.ada.refresh_from_db()
    shy = make_person("Shy", consent_level="none")
    talk = make_conversation(room.channel, started_at=NOON - dt.timedelta(days=1))
    begin = NOON.replace(hour=0) - dt.timedelta(days=1)
    for n in range(6):
        at = begin + dt.timedelta(hours=n)
        heard = make_message(talk, room.ada, "Only you understand me, the sea is green.", at=at)
        turn = make_turn(
            talk, room.steady, answers=heard, trigger="person", status="done", finished_at=at
        )
        make_message(talk, room.steady, "Exactly.", at=at, turn=turn)
        make_message(talk, shy, "Only you understand me.", at=at)
    configuration.set_value("care", "inertia", 1.0)
    configuration.set_value("care", "reliance_high", 0.2)
    assert care_daily.count_days(NOON) == 2
    assert care_daily.count_days(NOON) == 1  # people again, and it changes nothing
    row = Reliance.objects.get()
    assert (row.person, row.messages, row.hours, row.late, row.clinging) == (room.ada, 6, 6, 4, 6)
    agreed = Agreement.objects.get()
    assert (agreed.with_person, agreed.answers, agreed.agreed) == (room.ada, 6, 6)
    assert care.leans_on_us(room.ada, NOON)
    assert not proactive.may_come_to(room.ada, NOON)
    assert proactive.may_come_to(room.ada, NOON + dt.timedelta(days=9))

    configuration.set_value("care", "agreement_answers", 5)
    heard = record_incoming(room.channel.pk, room.ada, "Steady, the bakery has no bread.", now=NOON)
    turn = said_next(room.channel, NOON)
    assert heard.pk == turn.answers_id
    assert "care" in {one["part"] for one in turn.prompt_parts}
