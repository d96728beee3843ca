"""What was said is remembered as it was meant: in its language, of its day, as it is now, and for
whom it was."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from audit.models import LLMCall
from characters.models import Character, Person
from conversations.afterwards.summaries import summarise
from conversations.floor import director
from conversations.models import Channel, Conversation, Message
from conversations.services import record_incoming
from conversations.turns import briefing
from memories.formation.formation import message_changed
from memories.models import Memory, PersonFact
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_person,
    make_relationship,
    make_turn,
)
from tests.conversations.lantern import ask, part, restart, thoughts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("at_once")]


def test_tomorrow_is_the_day_after_today_where_it_is_said(lantern: Channel) -> None:
    kei = make_person("Kei", timezone="Asia/Tokyo")  # where it is the 5th already
    ask(lantern, kei, "Mara, I'm moving to Osaka tomorrow.", 0.4)
    part(lantern, 0.4)
    restart()
    told = Memory.objects.exclude(kind="conversation").get(content__contains="Osaka")
    assert told.content == "Kei is moving to Osaka on 6 March 2026."
    message = Message.objects.get(content__contains="Osaka", person=kei)
    message_changed(message.pk, "Mara, I'm moving to Kyoto tomorrow.")
    assert Memory.objects.filter(content="Kei is moving to Kyoto on 6 March 2026.").exists()


@pytest.mark.parametrize(
    ("told", "asked", "day"),
    [
        ("Mara, my dentist's appointment is on Friday.", "Mara, what do I have tomorrow?", 1),
        ("Mara, I'm leaving for Porto next week.", "Mara, where will I go next week?", 0.1),
        ("Mara, I moved to Narvik half a year ago.", "Mara, when did I move to Narvik?", 3),
    ],
)
def test_what_is_to_come_is_found_by_its_day(
    lantern: Channel, ada: Person, told: str, asked: str, day: float
) -> None:
    ask(lantern, ada, told, 0)
    part(lantern, 0)
    restart()
    answer = ask(lantern, ada, asked, day)
    assert thoughts(answer)


@pytest.mark.parametrize(
    ("told", "other", "asked", "known"),
    [
        ("Mara, 我住在奥斯陆。", "Mara, 我的猫叫小黑。", "Mara, 你还记得我住在哪里吗？", "奥斯陆"),
        (
            "Mara, 核桃アレルギーです。",
            "Mara, 猫の名前はクロです。",
            "アレルギーは何？",
            "核桃",
        ),
        ("Mara, ich lebe in Düren.", "Mara, ich mag Bienen.", "Mara, wer lebt in DUREN?", "Düren"),
    ],
)
def test_it_is_remembered_in_the_language_it_was_told_in(
    mara: Character, lantern: Channel, ada: Person, told: str, other: str, asked: str, known: str
) -> None:
    for day, text in enumerate((told, other)):
        record_incoming(lantern.pk, ada, text, now=NOON + dt.timedelta(days=day))
        talk = Conversation.objects.exclude(status="closed").get(channel=lantern)
        talk.participants.create(character=mara, joined_at=NOON)
        part(lantern, day)
    restart()
    at = NOON + dt.timedelta(days=5)
    record_incoming(lantern.pk, ada, asked, now=at)
    talk = Conversation.objects.exclude(status="closed").get(channel=lantern)
    turn = make_turn(talk, mara, answers=talk.messages.last(), status="done")
    brief, _ = briefing.load_brief(turn, lantern, at)
    assert brief.memories
    assert known in brief.memories[0].text


@pytest.mark.parametrize(
    ("told", "asked", "now", "once"),
    [
        (("I live in Oslo.", "I moved to Bergen."), "where do I live?", "Bergen", "Oslo"),
        (("I live in Oslo.", "I moved to Bergen.", "I live in Oslo again, I moved back to Oslo."),
         "where do I live?", "Oslo", "Bergen"),
        (("I'm married to Leo.", "I'm divorced now."), "am I married?", "divorced", "married"),
        (("My favourite colour is green.", "My favourite colour is blue now."),
         "what's my favourite colour?", "blue", "green"),
        (("I love herring.", "I hate herring now."), "do I like herring?", "hate", "love"),
        (("I love herring.", "I hate herring.", "I love herring."), "do I like herring?",
         "love", "hate"),
    ],
)  # fmt: skip
def test_what_has_changed_is_told_as_it_is_now(
    mara: Character,
    lantern: Channel,
    ada: Person,
    told: tuple[str, ...],
    asked: str,
    now: str,
    once: str,
) -> None:
    make_relationship(mara, ada, community=None, trust=0.8)
    for day, text in enumerate(told):
        ask(lantern, ada, f"Mara, {text}", day)
        part(lantern, day)
    restart()
    answer = ask(lantern, ada, f"Mara, {asked}", 10)
    brief, _ = briefing.load_brief(answer.turn, lantern, answer.created_at)
    first = brief.memories[0]
    told_now = first.beside if first.how == "since" else first
    assert told_now is not None
    assert now in told_now.text
    was = [one for one in brief.memories if once in one.text and now not in one.text]
    assert was or len(told) > 2
    assert all(one.how == "since" for one in was)
    assert now in answer.content


def test_where_somebody_lived_before_is_known(lantern: Channel, ada: Person) -> None:
    for day, text in enumerate(("Mara, I live in Oslo.", "Mara, I moved to Bergen.")):
        ask(lantern, ada, text, day)
        part(lantern, day)
    restart()
    assert "Oslo" in ask(lantern, ada, "Mara, where did I live before?", 10).content


@pytest.mark.parametrize(
    ("told", "asked", "secret"),
    [
        ("Mara, don't tell Bram, but I'm selling the boatyard.", "who sells the boatyard?",
         "selling"),
        ("Mara, sag es niemandem: ich verkaufe die Werft.", "wer verkauft die Werft?", "verkaufe"),
        ("Mara, 不要告诉别人，我要卖掉船厂。", "谁要卖掉船厂？", "卖掉船厂"),
    ],
)  # fmt: skip
def test_a_confidence_is_one_in_any_language(
    mara: Character, lantern: Channel, ada: Person, told: str, asked: str, secret: str
) -> None:
    record_incoming(lantern.pk, ada, told, now=NOON)
    talk = Conversation.objects.exclude(status="closed").get(channel=lantern)
    talk.participants.create(character=mara, joined_at=NOON)
    part(lantern, 0)
    restart()
    assert Memory.objects.filter(owner=mara, content__contains=secret).exists()
    at = NOON + dt.timedelta(days=5)
    quay = make_channel("the-quay", residents=(mara,))
    for place, who, is_known in ((quay, make_person("Theo"), False), (lantern, ada, True)):
        record_incoming(place.pk, who, f"Mara, {asked}", now=at)
        talk = Conversation.objects.exclude(status="closed").get(channel=place)
        turn = make_turn(talk, mara, answers=talk.messages.last(), status="done")
        brief, _ = briefing.load_brief(turn, place, at)
        known = repr((brief.memories, brief.facts, brief.notes, brief.to_tell))
        assert (secret in known) is is_known


def test_what_was_confided_is_in_no_summary_for_who_comes_next(
    lantern: Channel, ada: Person
) -> None:
    for n, text in enumerate(
        (
            "Mara, the harbour is calm.",
            "Mara, my job keeps me busy.",
            "Mara, between you and me, I'm leaving my job at the harbour office. Tell nobody.",
            "Mara, the office has a new door.",
        )
    ):
        ask(lantern, ada, text, n / 100)
    part(lantern, 0.04)
    talk = Conversation.objects.get(channel=lantern)
    assert summarise(talk.pk)
    restart()
    answer = ask(lantern, make_person("Theo"), "Mara, what was said here before?", 0.2)
    brief, _ = briefing.load_brief(answer.turn, lantern, answer.created_at)
    assert brief.earlier
    assert "leaving" not in brief.earlier
    (call,) = LLMCall.objects.filter(purpose="summarise")
    assert "keeps me busy" in str(call.request)
    assert "leaving" not in str(call.request)


@pytest.mark.parametrize(
    ("was", "over", "asked"),
    [
        ("I smoke.", "I don't smoke any more.", "do I smoke?"),
        ("I smoke a pipe.", "I quit smoking.", "do I smoke?"),
        ("I have a dog called Rufus.", "I don't have a dog anymore.", "do I have a dog?"),
        ("I live in Leeds.", "I don't live in Leeds any longer.", "do I live in Leeds?"),
        ("I play the fiddle.", "I no longer play the fiddle.", "do I play the fiddle?"),
        ("I'm a vegetarian.", "I'm not a vegetarian any more.", "am I a vegetarian?"),
    ],
)
def test_what_is_over_is_not_told_as_if_it_were_so(
    lantern: Channel, ada: Person, was: str, over: str, asked: str
) -> None:
    for day, said in ((0, was), (5, over)):
        ask(lantern, ada, f"Mara, {said}", day)
        part(lantern, day)
        restart()
    answer = ask(lantern, ada, f"Mara, {asked}", 10)
    ended = r"you (?:no longer (?:smoke|have|live|play)|don't|quit|(?:are|'re) (?:no longer|not))\b"
    assert re.search(ended, answer.content), answer.content
    fact = PersonFact.objects.get(person=ada, is_active=True)
    assert "no longer" in fact.fact_content or "quit" in fact.fact_content


def test_who_comes_again_is_answered_by_whom_they_know(
    lantern: Channel, mara: Character, ada: Person
) -> None:
    bram = make_character("Bram")
    lantern.residents.add(bram)
    ask(lantern, ada, "Mara, I mend clocks.", 0)
    part(lantern, 0)
    restart()
    answer = ask(lantern, ada, "hi, it's me again", 2)
    assert answer.turn is not None
    parts = answer.turn.scores
    assert parts[str(mara.pk)]["known"] > parts[str(bram.pk)]["known"] == 0
    assert parts[str(mara.pk)]["chance"] > 0.8
    stranger = record_incoming(
        lantern.pk, make_person("Cleo"), "good evening", now=NOON + dt.timedelta(days=4)
    )
    turn = director.look(lantern.pk, NOON + dt.timedelta(days=4))
    assert turn is not None
    assert turn.answers_id == stranger.pk
    assert not any(one["known"] for one in turn.scores.values())
