"""The keeper's daily acts: each done from its page, refused with a remedy, and written down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.configuration import configuration
from audit.configuration.configuration import pause_society
from audit.models import AdminAction, LLMCall
from characters.admin import acts as offered
from characters.models import Character, Reflection
from conversations import keeping
from conversations.corrections import remove_message
from conversations.discord import outbox
from conversations.models import Channel, Conversation, Message, ScheduledEvent
from conversations.text import Refused
from memories.models import Memory, PersonFact
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_keeper,
    make_memory,
    make_message,
    make_person,
    make_relationship,
    make_scenario,
    make_staff,
)

pytestmark = pytest.mark.django_db

GUIDED = {
    "name": "Wren", "tagline": "Keeps the lamp.", "identity": "Wren keeps the lamp and the log.",
    "background": "", "values": "patience\nplain words", "interests": "lamps\ntides",
    "formality": "0.2", "verbosity": "0.3", "humour": "0.6", "emoji_use": "0",
    "signature_phrases": "Mark my words.", "avoided_phrases": "",
    "openness": "0.7", "conscientiousness": "0.8", "extraversion": "0.3", "agreeableness": "0.6",
    "neuroticism": "0.2", "timezone": "Europe/Oslo", "starts": "paused",
}  # fmt: skip


@pytest.fixture
def desk() -> Client:
    """A browser in which a keeper is logged in."""
    client = Client()
    client.force_login(make_keeper())
    return client


def page(name: str, row: Model | None = None) -> str:
    return reverse(f"admin:act_{name}", args=[row.pk] if row else [])


def do(desk: Client, act: str, row: Model | None = None, /, **given: Any) -> str:
    """Do an act; what the desk says of it, or what was wrong with what was asked."""
    answer = desk.post(page(act, row), given, follow=True)
    assert answer.status_code == 200
    said = [str(one) for one in answer.context.get("messages", ())]
    if "form" in answer.context and not said:
        said = [f"{field}: {' '.join(e)}" for field, e in answer.context["form"].errors.items()]
    return " ".join(said)


def done(kind: str) -> AdminAction:
    """The row that says an act was done; there is exactly one."""
    return AdminAction.objects.get(action_type=kind)


def test_every_act_has_its_button_and_opens(desk: Client) -> None:
    first = desk.get(reverse("admin:index")).content.decode()
    for act in offered._offered:
        if act.model is None:
            assert f'href="{act.address}"' in first
            assert desk.get(act.address).status_code == 200
    for status, shown, hidden in (("active", "rest", "resume"), ("paused", "resume", "rest")):
        character = make_character(status=status)
        own = desk.get(reverse("admin:characters_character_change", args=[character.pk]))
        for name in (shown, "hello", "clone"):
            assert f'href="{page(name, character)}"' in own.content.decode()
            assert desk.get(page(name, character)).status_code == 200
        assert f'href="{page(hidden, character)}"' not in own.content.decode()
    listed = desk.get(reverse("admin:conversations_conversation_changelist")).content.decode()
    assert f'href="{page("scene")}"' in listed


def test_nobody_does_what_they_may_not() -> None:
    character, client = make_character(), Client()
    assert client.get(page("line")).status_code == 302
    client.force_login(make_staff())
    for name in ("line", "event", "scene", "new_character"):
        assert client.post(page(name), {}).status_code == 403
    assert client.post(page("rest", character)).status_code == 403
    assert "Say a line" not in client.get(reverse("admin:index")).content.decode()


# --- characters -----------------------------------------------------------------------------------


def test_a_character_is_made_by_the_guided_form(desk: Client) -> None:
    assert do(desk, "new_character", **GUIDED) == "Wren is made."
    wren = Character.objects.select_related("persona", "style", "state").get(name="Wren")
    assert (wren.status, wren.timezone, wren.tagline) == (
        "paused",
        "Europe/Oslo",
        "Keeps the lamp.",
    )
    assert (wren.persona.values, wren.persona.openness) == (["patience", "plain words"], 0.7)
    assert (wren.style.signature_phrases, wren.style.humour) == (["Mark my words."], 0.6)
    assert set(wren.interests.values_list("topic", flat=True)) == {"lamps", "tides"}
    assert wren.interests.filter(embedding__isnull=True).count() == 0
    assert done("character.create").resource_affected == f"characters.character:{wren.pk}"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "odile"}, "There is a odile already. Choose another name."),
        ({"name": ""}, "name: This field is required."),
        ({"identity": " "}, "identity: This field is required."),
        ({"timezone": "Mars/Olympus"}, "timezone: Mars/Olympus is no time zone."),
        ({"interests": f"lamps\n{'tide ' * 50}"}, "interests: “tide tide"),
        ({"signature_phrases": "x" * 301}, "has 301 letters; a line may have 300"),
        ({"values": "patience\0"}, "values: No line may hold the character NUL."),
        ({"openness": "1.5"}, "openness: Ensure this value is less than or equal to 1.0."),
    ],
)
def test_a_character_that_cannot_be_is_refused_by_field(
    desk: Client, given: dict[str, str], said: str
) -> None:
    make_character("Odile")
    before = list(AdminAction.objects.values_list("action_type"))
    assert before == [("account.login",)]  # the keeper's own
    assert said in do(desk, "new_character", **{**GUIDED, **given})
    assert Character.objects.count() == 1
    assert list(AdminAction.objects.values_list("action_type")) == before


def test_a_draft_says_hello_and_nothing_comes_of_it(desk: Client) -> None:
    before = {model: model._default_manager.count() for model in (Character, Message, Memory)}
    answer = desk.post(page("new_character"), {**GUIDED, "hello": "1"})
    assert re.search(r"\w", answer.json()["said"])
    assert {m: m._default_manager.count() for m in before} == before
    call = LLMCall.objects.get()
    assert (call.purpose, call.conversation_id, call.character_id) == ("preview", None, None)
    shown = desk.post(
        page("new_character"), {**GUIDED, "hello": "1"}, headers={"Accept": "text/html"}
    )
    assert "Wren keeps the lamp and the log." in shown.content.decode()


def test_a_character_says_hello_from_its_page(desk: Client) -> None:
    character = make_character("Wren", persona={"identity": "Wren keeps the lamp."})
    answer = desk.post(page("hello", character))
    assert "desk-said" in answer.content.decode()
    assert LLMCall.objects.get().character_id == character.pk
    assert not Message.objects.exists()


def test_a_clone_is_as_the_original_was_written(desk: Client) -> None:
    original = make_character(
        "Wren", interests=("tides",), persona={"values": ["patience"], "openness": 0.9},
        style={"humour": 0.8}, talkativeness=0.3,
    )  # fmt: skip
    original.formative_memories.create(title="Ice", content="Wren fell through the ice.")
    make_memory(original, "Wren met Ada.")
    assert do(desk, "clone", original, name="Wren II") == "Wren II is made after Wren, and rests."
    twin = Character.objects.get(name="Wren II")
    assert (twin.status, twin.talkativeness, twin.slug) == ("paused", 0.3, "wren-ii")
    assert (twin.persona.values, twin.persona.openness, twin.style.humour) == (
        ["patience"],
        0.9,
        0.8,
    )
    assert [one.content for one in twin.memories.all()] == ["Wren fell through the ice."]
    assert done("character.clone").changes_made["of"] == original.pk
    assert "There is a Wren II already" in do(desk, "clone", original, name="Wren II")


def test_a_character_rests_and_goes_on(desk: Client) -> None:
    character = make_character("Wren")
    assert do(desk, "rest", character) == "Wren rests."
    assert do(desk, "rest", character) == "__all__: Wren is paused: there is nothing to pause."
    assert not Character.objects.active().exists()
    assert do(desk, "resume", character) == "Wren is back."
    assert done("character.pause") and done("character.resume")


# --- talk -----------------------------------------------------------------------------------------


def test_a_line_is_said_as_somebodys(desk: Client) -> None:
    channel, character, person = make_channel("hall"), make_character("Wren"), make_person("Ada")
    do(desk, "line", channel=channel.pk, character=character.pk, text="The lamp is out.")
    do(desk, "line", channel=channel.pk, person=person.pk, text="Who put it out?")
    assert do(desk, "line", channel=channel.pk, text="A storm comes.") == "It is said in #hall."
    said = Message.objects.order_by("number").values_list("content", "character", "person", "role")
    assert list(said) == [
        ("The lamp is out.", character.pk, None, "assistant"),
        ("Who put it out?", None, person.pk, "user"),
        ("A storm comes.", None, None, "system"),
    ]
    assert Conversation.objects.get().next_turn_at is not None
    assert AdminAction.objects.filter(action_type="message.inject").count() == 3


def test_no_line_is_said_where_nothing_may_be(desk: Client) -> None:
    channel, character, person = make_channel("hall"), make_character("Wren"), make_person("Ada")
    here = {"channel": channel.pk, "text": "Hello."}
    both = do(desk, "line", **here, character=character.pk, person=person.pk)
    assert both == "character: Either a character says it or a person, not both."
    assert "text: The message is empty." in do(desk, "line", **{**here, "text": "\u200b"})
    Channel.objects.update(removed_at=NOON)  # as it may be by then
    with pytest.raises(Refused, match="#hall is gone from Discord"):
        keeping.inject_line(channel, "Hello.", timezone.now())
    channel.is_paused = True
    channel.save()
    assert do(desk, "line", **here) == "channel: #hall is paused. Resume it first."
    pause_society(True)
    assert "Everything is paused" in do(desk, "line", **here, character=character.pk)
    assert "Everything is paused" in do(desk, "event", channel=channel.pk, what="It rains.")
    assert not Message.objects.exists()
    assert not ScheduledEvent.objects.exists()


def test_no_line_is_said_where_its_character_may_not_speak(desk: Client) -> None:
    wren, grown = make_character("Wren"), make_character("Odile", is_adult=True)
    hall, cellar = make_channel("hall"), make_channel("cellar", is_nsfw=True)
    told = do(desk, "line", channel=cellar.pk, character=grown.pk, text="Come closer.")
    assert told == "It is said in #cellar."
    told = do(desk, "line", channel=hall.pk, character=grown.pk, text="Come closer.")
    assert told.startswith("character: Odile speaks only in age-restricted channels")
    configuration.set_value("age", "restricted_channels", "refused")
    configuration.forget_cached()
    told = do(desk, "line", channel=cellar.pk, character=grown.pk, text="Come closer.")
    assert told.startswith("channel: #cellar is age-restricted, and nothing is said")
    hall.mode = hall.Mode.MUTED
    hall.save()
    told = do(desk, "line", channel=hall.pk, character=wren.pk, text="Hello.")
    assert told == "channel: #hall is muted. Set it to another mode first."
    assert Message.objects.get().conversation.channel == cellar


def test_an_event_is_read_by_all_and_taken_up(desk: Client) -> None:
    channel, character = make_channel("hall"), make_character("Wren")
    given = {"channel": channel.pk, "what": "The power goes out.", "character": character.pk}
    assert do(desk, "event", **given) == "It happens in #hall."
    event = ScheduledEvent.objects.get()
    assert (event.title, event.character, event.status) == (given["what"], character, "pending")
    talk = Conversation.objects.get()
    assert talk.premise == "Just now: The power goes out."  # which every prompt of it holds
    assert Message.objects.get().role == "system"
    channel.refresh_from_db()
    assert channel.next_look_at is not None and channel.next_look_at > NOON
    assert done("event.inject").resource_affected.endswith(str(event.pk))


def test_a_scene_begins(desk: Client) -> None:
    channel, one, other = make_channel("hall"), make_character("Wren"), make_character("Odile")
    given = {"channel": channel.pk, "characters": [one.pk, other.pk]}
    assert "premise: Say what the situation is" in do(desk, "scene", **given)
    alone = do(desk, "scene", channel=channel.pk, characters=[one.pk], premise="Rain.")
    assert alone == "characters: A scene takes two to 6 characters, parted by commas."
    scenario = make_scenario(premise="The ferry is late.")
    begun = do(desk, "scene", **given, scenario=scenario.pk)
    assert begun == "A scene begins in #hall, with Odile, Wren."
    assert Conversation.objects.get().premise == "The ferry is late."
    assert "A scene is being played here." in do(desk, "scene", **given, premise="Again.")
    assert set(done("scene.start").changes_made["characters"]) == {one.pk, other.pk}


# --- from lists -----------------------------------------------------------------------------------


def choose(desk: Client, act: str, *rows: Model) -> str:
    """Choose an action of a list for some rows; what the page then says."""
    meta = rows[0]._meta
    address = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    given = {"action": act, "_selected_action": [row.pk for row in rows]}
    answer = desk.post(address, given, follow=True)
    return " ".join(str(one) for one in answer.context["messages"])


def test_a_relationship_is_locked(desk: Client) -> None:
    bond = make_relationship(make_character(), make_person())
    assert choose(desk, "lock", bond) == "1 locked."
    assert choose(desk, "lock", bond) == "0 locked."
    bond.refresh_from_db()
    assert bond.is_locked
    told = done("rows.action")
    assert (told.changes_made["what"], told.changes_made["rows"]) == ("Locked.", [bond.pk])
    assert choose(desk, "unlock", bond) == "1 unlocked."


def test_memories_are_merged_and_taken_apart(desk: Client) -> None:
    owner = make_character("Wren")
    one = make_memory(owner, "Ada lost the key.", importance=4)
    other = make_memory(owner, "Ada's key is gone.", importance=8)
    foreign = make_memory(make_character(), "Ada lost a key.")
    assert choose(desk, "merge", one).startswith("Choose two or more")
    assert choose(desk, "merge", one, foreign).startswith("Choose memories of one owner")
    assert choose(desk, "merge", one, other) == f"Memory {other.pk} speaks for all of them now."
    one.refresh_from_db()
    assert (one.merged_into_id, one.tier) == (other.pk, "archived")
    assert "1 brought back" in choose(desk, "unmerge", other)
    one.refresh_from_db()
    assert one.merged_into_id is None


def test_facts_are_merged_into_the_surest(desk: Client) -> None:
    person, knower = make_person("Ada"), make_character("Wren")
    kinds = {"person": person, "character": knower, "fact_type": "work", "learned_at": NOON}
    weak = PersonFact.objects.create(
        **kinds, fact_content="Ada bakes.", confidence=0.5, visibility="private"
    )
    sure = PersonFact.objects.create(**kinds, fact_content="Ada is a baker.", confidence=0.9)
    assert "stands for all of them now" in choose(desk, "merge", weak, sure)
    weak.refresh_from_db()
    sure.refresh_from_db()
    assert (weak.is_active, weak.superseded_by_id) == (False, sure.pk)
    assert (sure.is_active, sure.visibility) == (True, "private")
    assert choose(desk, "merge", weak, sure) == "Choose two or more facts that are believed."


def test_a_character_is_made_to_reflect(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    character = make_character("Wren")
    asked: list[tuple[int, bool]] = []

    def reflect(pk: int, *, forced: bool) -> Reflection:
        asked.append((pk, forced))
        return Reflection.objects.create(character_id=pk, kind="interval", occurred_at=NOON)

    monkeypatch.setattr("memories.admin.reflecting.reflect", reflect)
    assert do(desk, "reflect", character).startswith("Wren has thought things over")
    assert asked == [(character.pk, True)]
    assert done("character.reflect").changes_made["insights"] == 0


# --- the kill switch ------------------------------------------------------------------------------


def test_what_was_said_but_not_seen_waits_while_everything_is_paused() -> None:
    room = make_channel("hall", community=make_community(discord_id=7), discord_id=8)
    talk = make_conversation(room)
    seen, unseen = (make_message(talk, make_character(), said) for said in ("One.", "Two."))
    now = timezone.now()
    seen.deliveries.filter(surface="discord").update(status="sent", sent_at=now)
    assert outbox.due_channels(now) == [room.pk]
    pause_society(True)
    assert outbox.due_channels(now) == []
    assert outbox.claim(room.pk, now) is None
    remove_message(seen.pk)  # what is taken away is taken away everywhere, paused or not
    assert [d.message_id for d in outbox.waiting(room.pk)] == [seen.pk]
    pause_society(False)
    assert unseen.pk in {d.message_id for d in outbox.waiting(room.pk)}
