"""What is for adults: who speaks in age-restricted channels alone, and what is remembered of
them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.configuration import configuration
from characters.cards.becoming import become
from characters.models import Character, Person, Reflection
from characters.services import clone_character, resume_character
from conversations.afterwards import afterwards, observe
from conversations.discord import inbound, places
from conversations.floor import scene
from conversations.models import Channel, Conversation, Message, Scenario, Turn
from conversations.rooms import set_restricted
from conversations.services import close_conversation, hear
from conversations.tank import tank
from conversations.text import Refused
from conversations.turns import turns
from conversations.turns.briefing import load_brief
from conversations.turns.prompts import FOR_ADULTS, FOR_ALL, build
from conversations.wishes import cast, summoning
from fishbowl.llm.types import Brief
from memories import view
from memories.entrusting import entrust
from memories.formation import extraction, facts, outlook
from memories.lore import lore
from memories.lore.lorefiles import read
from memories.models import LoreChunk, LoreDocument, Memory, PersonFact
from memories.nights import contagion
from memories.reflection import days, thinking
from memories.rules import in_force
from memories.writing import NewMemory, store
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_keeper,
    make_memory,
    make_message,
    make_mood_change,
    make_person,
    make_relationship,
    make_staff,
    make_turn,
)
from tests.discord.happenings import US, guild, said, somewhere
from tests.memories.talking import stretch

pytestmark = pytest.mark.django_db


def seen_in(talk: Conversation, owner: int, listener: int) -> set[str]:
    """What a character may bring up in a conversation."""
    before = view.Audience(
        people=frozenset({listener}), community=talk.channel.community_id, conversation=talk.pk
    )
    with view.seen_by(owner, before):
        known = {*Memory.objects.values_list("content", flat=True)}
        return known | {*PersonFact.objects.values_list("fact_content", flat=True)}


def test_what_was_learned_among_adults_comes_to_mind_among_adults_alone() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    bar, hall = make_channel("bar", is_nsfw=True), make_channel("hall")
    late, noon = make_conversation(bar), make_conversation(hall)
    line = make_message(late, ann, "I keep snakes in the bath.")
    (known,) = store([_memory(mara.pk, "Ann keeps snakes.", from_messages=(line.pk,))])
    (thought,) = store([_memory(mara.pk, "Ann is bold.", from_memories=(known.id,))])
    (_,) = store([_memory(mara.pk, "Ann has a boat.", source_conversation_id=noon.pk)])
    facts.learn([_fact(ann.pk, mara.pk, line.pk)], [None], in_force())
    assert seen_in(noon, mara.pk, ann.pk) == {"Ann has a boat."}
    everything = {"Ann keeps snakes.", "Ann is bold.", "Ann has a boat.", "Ann likes snakes."}
    assert seen_in(late, mara.pk, ann.pk) == everything
    with view.seen_by(mara.pk, view.Audience()):  # alone with its thoughts
        assert Memory.objects.filter(pk=thought.id).exists()
    # What is heard again where all may hear it is for all.
    store([_memory(mara.pk, "Ann keeps snakes.", source_conversation_id=noon.pk)])
    assert "Ann keeps snakes." in seen_in(noon, mara.pk, ann.pk)


def _memory(owner: int, content: str, **how: Any) -> NewMemory:
    return NewMemory(owner, "experience", content, NOON, visibility="public", **how)


def _fact(person: int, knower: int, message: int) -> facts.NewFact:
    return facts.NewFact(
        person_id=person, character_id=knower, community_id=None, subject="Ann",
        content="Ann likes snakes.", fact_type="preference", confidence=0.9, importance=0.5,
        temporal="present", lasts="", visibility="public", learned_at=NOON, message_id=message,
        context="",
    )  # fmt: skip


def test_lore_for_adults_is_known_there_alone() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    book = LoreDocument.objects.create(title="Nights", source="nights", content="x")
    piece = make_memory(None, "The cellar has a second door.", kind="lore", visibility="public")
    LoreChunk.objects.create(document=book, number=1, memory=piece)
    talk = make_conversation(make_channel("hall"))
    assert seen_in(talk, mara.pk, ann.pk) == {piece.content}
    assert lore.set_adult([book.pk], True) == 1
    assert seen_in(talk, mara.pk, ann.pk) == set()
    Channel.objects.update(is_nsfw=True)
    assert seen_in(talk, mara.pk, ann.pk) == {piece.content}
    Channel.objects.update(is_nsfw=False)
    assert lore.set_adult([book.pk], False) == 1
    assert seen_in(talk, mara.pk, ann.pk) == {piece.content}


def test_a_text_for_adults_is_open_there_alone_whole_as_in_pieces() -> None:
    """What a prompt is composed of could read it by its document."""
    mara, ann = make_character("Mara"), make_person("Ann")
    text = b"# Nights\n\nThe cellar has a second door."
    done = lore.ingest(read(text, "nights.md", source="nights.md", suffix=".md"))
    lore.set_adult([done.document_id], True)
    for room, is_there in ((make_channel("bar", is_nsfw=True), True), (make_channel(), False)):
        before = view.Audience(
            people=frozenset({ann.pk}),
            community=room.community_id,
            conversation=make_conversation(room).pk,
        )
        with view.seen_by(mara.pk, before):
            for model in (LoreDocument, LoreChunk, Memory):
                assert model.objects.exists() is is_there


def test_a_character_for_adults_is_met_among_them_alone(
    client: Client, redis_client: object
) -> None:
    vera = make_character("Vera", is_adult=True)
    bar, hall = make_channel("bar", is_nsfw=True), make_channel("hall")
    for channel, may in ((bar, True), (hall, False)):
        floor = scene.load_floor(channel, None, "tick", timezone.now())
        assert [one.id for one in floor.candidates] == ([vera.pk] if may else [])
    with pytest.raises(Refused, match="only in age-restricted"):
        summoning.summon(vera, hall, make_person(), timezone.now())
    make_relationship(make_character("Mara"), to=vera, score=90.0)
    shown = _pages(client, "/", Character.objects.get(name="Mara")) + cast.roster(hall)
    assert "Mara" in shown and "Vera" not in shown
    assert client.get(reverse("character", args=[vera.slug])).status_code == 404
    with pytest.raises(Refused, match="is for adults"):
        cast.find_for("Vera", is_adult=False)
    client.force_login(make_staff())
    assert "Vera" in _pages(client, "/", vera) and "Vera" in cast.roster(bar)
    planned = make_turn(make_conversation(bar), chosen=vera, status="planned")
    Channel.objects.filter(pk=bar.pk).update(is_nsfw=False)  # the mark is taken away meanwhile
    assert turns.take(planned.pk) is None
    planned.refresh_from_db()
    assert planned.status == Turn.Status.ABANDONED
    assert "age-restricted" in planned.error


def test_a_clone_of_a_character_for_adults_is_for_adults() -> None:
    twin = clone_character(make_character("Vera", is_adult=True), "Vera II")
    resume_character(twin)
    with pytest.raises(Refused, match="only in age-restricted"):
        summoning.summon(twin, make_channel("hall"), make_person(), timezone.now())


def lift(room: Channel, door: str, client: Client, *, is_nsfw: bool = False) -> None:
    """Mark a channel as age-restricted, or as open, by one of the two doors."""
    if door == "discord":
        places.take_in_channel(somewhere(room.discord_id or 0, name=room.name, is_nsfw=is_nsfw))
    else:
        client.force_login(make_keeper())
        url = reverse("admin:conversations_channel_change", args=[room.pk])
        form = client.get(url).context["adminform"].form
        shown = {name: form.get_initial_for_field(one, name) for name, one in form.fields.items()}
        shown["is_nsfw"] = "on" if is_nsfw else None
        data = {name: value for name, value in shown.items() if value not in (None, "", [])}
        data = {name: value for name, value in data.items() if value is not False}
        assert client.post(url, data).status_code == 302
    room.refresh_from_db()
    assert room.is_nsfw is is_nsfw


@pytest.mark.parametrize("door", ["discord", "admin"])
@pytest.mark.parametrize("thread", [False, True])
def test_what_was_said_among_adults_is_gone_from_a_channel_that_opens(
    client: Client, redis_client: object, door: str, thread: bool
) -> None:
    """The scene that is played, the lines of it, and what remains of it."""
    mara, bo = make_character("Mara"), make_character("Bo")
    bar = make_channel("bar", discord_id=711, is_nsfw=True)
    room = make_channel("nook", discord_id=811, parent=bar, is_nsfw=True) if thread else bar
    now = timezone.now()
    scene = summoning.stage(room, [mara, bo], "", now, scenario=make_scenario(), by_keeper=True)
    make_message(scene, bo, "Shall we go down to the cellar?", at=now)
    Conversation.objects.filter(pk=scene.pk).update(summary="A long night in the cellar.")
    planned = make_turn(scene, chosen=mara, status="planned")
    lift(bar, door, client)
    scene.refresh_from_db()
    planned.refresh_from_db()
    assert (scene.status, scene.is_adult, planned.status) == ("closed", True, "abandoned")
    room.refresh_from_db()
    heard = hear(room, make_person("Ann"), now, content="Mara, are you there?")
    assert not heard.conversation.is_adult
    turn = make_turn(heard.conversation, mara, answers=heard, decided_at=now)

    def told() -> str:
        brief, _ = load_brief(turn, room, now)
        return f"{brief.scenario} {brief.earlier} {[line.text for line in brief.lines]}"

    assert "are you there" in told()
    assert "night" not in told() and "cellar" not in told()
    lift(bar, door, client, is_nsfw=True)  # and among adults it is known again
    room.refresh_from_db()
    assert "long night in the cellar" in told() and "go down to the cellar" in told()
    heard.conversation.refresh_from_db()
    assert heard.conversation.status == "closed"


def test_the_tank_does_not_show_what_was_said_before_a_room_opened(
    client: Client, redis_client: object
) -> None:
    mara, cellar = make_character("Mara"), make_channel("cellar", is_nsfw=True)
    talk = make_conversation(cellar)
    turn = make_turn(talk, mara, status="done")
    said_then = make_message(talk, mara, "Down to the velvet octopus!", turn=turn, at=NOON)
    set_restricted(cellar, False, NOON)
    cellar.refresh_from_db()
    now = make_message(make_conversation(cellar), mara, "Good morning.", at=NOON)
    assert [one.pk for one in tank.latest_messages(cellar.pk)] == [now.pk]
    Message.objects.filter(pk=said_then.pk).update(edited_at=NOON)
    assert tank.changes(cellar.pk) == []
    pages = _pages(client, "/", reverse("room", args=[cellar.pk]), mara)
    assert "Good morning." in pages and "octopus" not in pages
    assert client.get(reverse("why", args=[turn.pk])).status_code == 404
    set_restricted(cellar, True, NOON)
    assert len(tank.latest_messages(cellar.pk)) == 2


def test_a_premise_for_adults_stays_out_however_the_channel_was_opened() -> None:
    bar = make_channel("bar", is_nsfw=True)
    turn = make_turn(make_conversation(bar, premise="A long night."), chosen=make_character("Mara"))
    bar.is_nsfw = False
    assert load_brief(turn, bar, timezone.now())[0].scenario == ""


def test_what_was_not_yet_observed_when_a_channel_opens_is_for_adults() -> None:
    mara, ann = make_character("Mara"), make_person("Ann", consent_level="full")
    bar = make_channel("bar", discord_id=711, is_nsfw=True)
    talk = make_conversation(bar)
    make_message(talk, ann, "My brother Ivo works at the mill.", at=NOON)
    make_message(talk, mara, "Does he?", at=NOON)
    places.take_in_channel(somewhere(711, name="bar"))
    assert observe.observe(talk.pk, NOON + dt.timedelta(hours=1))
    told = Memory.objects.filter(content__contains="Ivo")
    assert set(told.values_list("is_adult", flat=True)) == {True}
    assert set(PersonFact.objects.values_list("is_adult", flat=True)) <= {True}


def test_the_prompt_names_the_rating_and_keeps_premises_for_adults_to_their_place() -> None:
    texts = [
        "\n".join(m.content for m in build(Brief("Mara", is_adult=is_adult)).messages)
        for is_adult in (True, False)
    ]
    assert FOR_ADULTS in texts[0] and FOR_ALL not in texts[0]
    assert FOR_ALL in texts[1] and FOR_ADULTS not in texts[1]
    bar = make_channel("bar", is_nsfw=True)
    bar.scenario = make_scenario()
    turn = make_turn(make_conversation(bar), chosen=make_character("Mara"))
    brief, _ = load_brief(turn, bar, timezone.now())
    assert (brief.is_adult, brief.scenario) == (True, "A long night.")
    bar.is_nsfw = False
    brief, _ = load_brief(turn, bar, timezone.now())
    assert (brief.is_adult, brief.scenario) == (False, "")


def make_scenario() -> Scenario:
    return Scenario.objects.create(slug="n", name="Night", premise="A long night.", is_adult=True)


def test_age_restricted_channels_can_be_refused(redis_client: object) -> None:
    configuration.set_value("discord_inbound", "new_channel_mode", "live")
    configuration.forget_cached()
    places.take_in_guild(guild(somewhere(711, is_nsfw=True), somewhere(712)))
    make_character("Mara")
    bar = Channel.objects.get(discord_id=711)
    here = said("Anybody up?", place=somewhere(711, is_nsfw=True))
    assert inbound.receive(here, US) is not None
    configuration.set_value("age", "restricted_channels", "refused")
    configuration.forget_cached()
    later = said("And now?", place=somewhere(711, is_nsfw=True))
    assert inbound.receive(later, US) is None
    assert places.listened(711) is None
    assert places.listened(712) is not None
    assert scene.load_floor(bar, None, "tick", timezone.now()).mode == Channel.Mode.MUTED


# --- what is made of it ---------------------------------------------------------------------------

# What is said there itself, what is known of it there alone, and what tells of it to keepers.
THERE = {
    "conversations_message", "conversations_conversationcontext", "conversations_turn",
    "conversations_tooluse", "memories_memory", "memories_personfact", "memories_scratchpadentry",
    "memories_entity", "memories_entityalias", "characters_moodchange", "audit_llmcall",
}  # fmt: skip
# Where all may hear it, the same talk leaves something in each of these.
ELSEWHERE = {
    "characters_opinion", "characters_reflection", "characters_insight", "characters_learningevent",
    "characters_workspacefile", "characters_goal", "characters_community",
    "conversations_proposal", "conversations_scheduledevent",
}  # fmt: skip
SAID = (
    "The velvet octopus was out again last night, I saw it with my own eyes.",
    "I love the velvet octopus, nothing in this town is half as good.",
    "I hate the velvet octopus. It kept me awake, and it is a terrible thing to see.",
    "You are wrong, the velvet octopus is the best thing that ever happened here.",
    "My brother lost a boat to the velvet octopus, and he never spoke of it again.",
    "I'll write that down.",
    "Let's meet at the pier every Friday to watch the velvet octopus.",
    "Count me in, I would love to see the velvet octopus from the pier.",
    "I've made up my mind to paint the velvet octopus before the winter.",
    "Nobody paints the velvet octopus as you do.",
)


@pytest.mark.parametrize("is_nsfw", [True, False])
def test_what_is_said_among_adults_comes_up_nowhere_else(
    client: Client, redis_client: object, is_nsfw: bool
) -> None:
    now = timezone.now().replace(hour=21, minute=0, second=0, microsecond=0)
    mara, *others = [make_character(name, timezone="UTC") for name in ("Mara", "Bo", "Cleo")]
    living, ann = [mara, *others], make_person("Ann", consent_level="full")
    bar, hall = make_channel("bar", is_nsfw=is_nsfw), make_channel("hall")
    for n in range(3):
        noon = make_conversation(hall)
        for at in range(8):
            text = f"I have painted the {at} planks of the red boat for you, and {n} more."
            when = now - dt.timedelta(minutes=100 - 30 * n - at)
            make_message(noon, living[at % 3], text, at=when, sentiment=0.6)
        close_conversation(noon, "over", now)
        observe.observe(noon.pk, now)
    for n in range(3):
        _talk(bar, living, ann, now - dt.timedelta(minutes=180 - 50 * n))
    for one in living:
        thinking.reflect(one.pk, now, forced=True)
        days.write(one.pk, "diary", now)
        days.write(one.pk, "dream", now + dt.timedelta(hours=6))
    assert Memory.objects.filter(is_adult=is_nsfw, content__contains="octopus").exists()
    assert Reflection.objects.filter(content__contains="red boat").exists()

    found = _holding("octopus")
    assert found <= THERE if is_nsfw else found >= ELSEWHERE
    heard = contagion.read(hall.community_id, now).lines
    assert any("octopus" in line.text for line in heard) is not is_nsfw
    shown = cast.feelings(mara, hall.community) + _pages(client, "/", "/community/", mara)
    assert ("octopus" in shown) is not is_nsfw
    noon = make_conversation(hall)
    make_message(noon, ann, "Mara, what did you see last night?", at=now)
    asked = make_turn(noon, mara, answers=noon.messages.latest("pk"), decided_at=now)
    prompt = "".join(m.content for m in build(load_brief(asked, hall, now)[0]).messages)
    assert ("octopus" in prompt) is not is_nsfw

    turn = Turn.objects.filter(conversation__channel=bar).latest("pk")
    paths = [reverse("room", args=[bar.pk]), reverse("why", args=[turn.pk])]
    assert {client.get(path).status_code for path in paths} == {404 if is_nsfw else 200}
    assert len(tank.catch_up([(bar.pk, 0)])) == (0 if is_nsfw else 1)
    client.force_login(make_staff())
    assert {client.get(path).status_code for path in paths} == {200}
    assert len(tank.catch_up([(bar.pk, 0)], for_adults=True)) == 1


def _talk(bar: Channel, living: list[Character], ann: Person, begin: dt.datetime) -> None:
    """A talk from its first line to what comes of it when it is over."""
    late = make_conversation(bar, started_at=begin)
    for at, text in enumerate(SAID):
        who = ann if at == 4 else living[at % 3]
        before = late.messages.order_by("pk").last()
        turn = make_turn(late, None if who is ann else who, status="silent", answers=before)
        fields = {} if who is ann else {"turn": turn}
        make_message(late, who, text, at=begin + dt.timedelta(minutes=at), sentiment=0.6, **fields)
    make_mood_change(
        living[0], trigger_message=late.messages.first(), description="talk of the octopus"
    )
    end = begin + dt.timedelta(minutes=45)
    close_conversation(late, "over", end)
    observe.observe(late.pk, end)
    afterwards.after_talk(late.pk, end)


def _holding(word: str) -> set[str]:
    """The tables of which a row holds a word anywhere."""
    each = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT FROM \"{table}\" t WHERE t::text ILIKE %(word)s)"  # noqa: S608
        for table in connection.introspection.table_names()
    )
    with connection.cursor() as cursor:
        cursor.execute(each, {"word": f"%{word}%"})
        return {table for (table,) in cursor.fetchall()}


def _pages(client: Client, *paths: str | Character) -> str:
    urls = [x if isinstance(x, str) else reverse("character", args=[x.slug]) for x in paths]
    return "".join(client.get(url).content.decode() for url in urls)


def test_a_model_makes_nothing_of_it_either() -> None:
    mara, bo = make_character("Mara", interests=("tides",)), make_character("Bo")
    said = stretch(
        (mara, "Oh the velvet octopus, and the tides."), (bo, "The velvet octopus!"), to=(mara, bo)
    )
    levels = dict.fromkeys((1, 2), "public")
    answer = extraction.Observed.model_validate(
        {
            "opinions": [
                {"topic": topic, "speaker": who.name, "lines": [1, 2], "sentiment": 0.9}
                for topic in ("the octopus", "tides")
                for who in (mara, bo)
            ],
            "references": [{"text": "velvet octopus", "lines": [1, 2]}],
        }
    )
    read = extraction.checked(answer, said.lines, levels)

    def made(**how: bool) -> tuple[list[str], list[str]]:
        found = outlook.read(read, replace(said, **how), levels)
        return [one.topic for one in found.discussions], [one.text for one in found.references]

    assert made() == (["the octopus", "tides"], ["velvet octopus"])
    assert made(is_private=True) == (["tides"], [])
    assert made(is_adult=True) == ([], [])


def test_a_fact_keeps_to_adults_the_words_it_was_told_in_there() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    there = make_message(make_conversation(make_channel("bar", is_nsfw=True)), ann, "x")
    here = make_message(make_conversation(make_channel("hall")), ann, "x")
    facts.learn([_fact(ann.pk, mara.pk, there.pk)], [None], in_force())
    plain = replace(
        _fact(ann.pk, mara.pk, here.pk), content="Ann likes the snakes.", confidence=0.95
    )
    facts.learn([plain], [None], in_force())
    known = PersonFact.objects.values_list("fact_content", "is_adult")
    assert set(known) == {("Ann likes snakes.", True), ("Ann likes the snakes.", False)}
    facts.merge_facts([*PersonFact.objects.values_list("pk", flat=True)], NOON)
    assert PersonFact.objects.get(is_active=True).is_adult


def test_what_is_entrusted_there_is_kept_there() -> None:
    mara, ann = make_character("Mara"), make_person("Ann")
    assert entrust(mara.pk, ann.pk, "Ann", None, "I keep snakes.", NOON, is_adult=True)
    assert Memory.objects.get().is_adult
    assert PersonFact.objects.get().is_adult


@pytest.mark.parametrize(("tags", "is_adult"), [(["Fantasy", "NSFW"], True), (["sfw"], False)])
def test_a_card_that_is_tagged_so_becomes_a_character_for_adults(
    tags: list[str], is_adult: bool
) -> None:
    card = {"spec": "chara_card_v2", "spec_version": "2.0", "data": {"name": "Vera", "tags": tags}}
    assert become(card).own["character"]["is_adult"] is is_adult
