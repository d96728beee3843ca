"""What rules object to: held, refused or flagged, and what moderators make of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.configuration import configuration
from audit.configuration.places import Place
from audit.models import AdminAction
from audit.security.roles import give_role
from characters.models import Character, Person, WorkspaceFile
from conversations.discord import inbound
from conversations.discord.facts import Sent
from conversations.floor import director
from conversations.models import (
    CareNotice,
    Channel,
    Conversation,
    Delivery,
    Message,
    ModerationCase,
    ModerationRule,
    Reaction,
    Turn,
)
from conversations.moderation import moderation, quarantine, rulebook
from conversations.moderation.starter_rules import STARTERS, add_starters
from conversations.people.erasure import forget_person
from conversations.people.export import export_person
from conversations.services import close_conversation, record_incoming, toggle_reaction
from conversations.tank import live
from conversations.tank.guests import join_as_guest
from conversations.text import Refused
from conversations.turns import saying, turns
from conversations.turns.toolbox import Hands, NotDone, WriteFile, write_file
from memories.view import Audience
from tests.builders import (
    make_case,
    make_channel,
    make_character,
    make_conversation,
    make_keeper,
    make_person,
    make_rule,
    make_staff,
    make_turn,
)
from tests.discord.happenings import US, picked, said, somebody

pytestmark = pytest.mark.django_db
CASES = ModerationCase.objects
NASTY = "you old herring"
THUMB = "👍"


def configure(place: Place = configuration.EVERYWHERE, **settings: object) -> None:
    for key, value in settings.items():
        configuration.set_value("moderation", key, value, place=place)
    configuration.forget_cached()


@pytest.fixture
def room() -> Channel:
    make_character("Odile")
    return make_channel("bar", pace=Channel.Pace.LIVELY)


@pytest.fixture
def ada(room: Channel) -> Person:
    return make_person("Ada")


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of live events that went out."""
    events: list[str] = []

    def note(channel_id: int, event: str, facts: dict[str, Any]) -> bool:
        events.append(event)
        return True

    monkeypatch.setattr(live, "send_now", note)
    return events


def held(room: Channel, ada: Person, text: str = NASTY, **fields: Any) -> ModerationCase:
    with pytest.raises(Refused) as refused:
        record_incoming(room.pk, ada, text, **fields)
    assert refused.value.field == "held"
    return CASES.get()


# --- what people say ------------------------------------------------------------------------------


def test_what_is_held_is_no_message_until_it_is_released(
    room: Channel,
    ada: Person,
    told: list[str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    make_rule()
    first = record_incoming(room.pk, ada, "Good evening.")
    case = held(room, ada, nonce="n1", reply_to=first.pk)
    held(room, ada, nonce="n1")  # sent again: the same
    assert (case.state, case.text, case.why) == ("open", NASTY, "rule “no herring”")
    assert case.objections == [{"rule": "no herring", "part": "herring"}]
    assert list(Message.objects.all()) == [first]  # so nothing that reads messages has it
    keeper = make_keeper()
    told.clear()
    with django_capture_on_commit_callbacks(execute=True):
        quarantine.release(case.pk, timezone.now(), user=keeper, note="a joke")
    case.refresh_from_db()
    message = Message.objects.latest("number")
    assert (message.content, message.person, message.reply_to) == (NASTY, ada, first)
    assert (case.state, case.text, case.message, case.decided_by) == (
        "released", "", message, keeper,
    )  # fmt: skip
    assert "message.sent" in told
    assert Conversation.objects.get().next_turn_at is not None  # somebody may answer
    assert record_incoming(room.pk, ada, NASTY, nonce="n1") == message
    act = AdminAction.objects.get(action_type="moderation.release")
    assert act.changes_made == {"message": message.pk, "channel": room.pk, "note": "a joke"}
    with pytest.raises(Refused, match="nothing to decide"):
        quarantine.remove(case.pk, timezone.now())


def test_what_is_removed_is_never_said(room: Channel, ada: Person) -> None:
    make_rule()
    case = held(room, ada, nonce="n1")
    quarantine.remove(case.pk, timezone.now(), user=make_keeper())
    assert not Message.objects.exists()
    with pytest.raises(Refused, match="decided against"):
        record_incoming(room.pk, ada, NASTY, nonce="n1")
    assert AdminAction.objects.filter(action_type="moderation.remove").exists()


def test_who_is_refused_is_told_why_and_it_is_kept_as_a_record(room: Channel, ada: Person) -> None:
    make_rule(action="refuse")
    with pytest.raises(Refused, match=r"isn't said here \(rule “no herring”\)") as refused:
        record_incoming(room.pk, ada, NASTY)
    assert refused.value.field == "text"
    assert (CASES.get().state, CASES.get().action) == ("removed", "refuse")
    with pytest.raises(Refused, match="Choose another"):
        join_as_guest("Herring", "key")


def test_what_is_flagged_stands_and_is_taken_away_when_removed(room: Channel, ada: Person) -> None:
    make_rule(action="flag")
    message = record_incoming(room.pk, ada, NASTY)
    case = CASES.get()
    assert (case.message, case.text, case.state) == (message, "", "open")
    quarantine.remove(case.pk, timezone.now())
    message.refresh_from_db()
    assert message.deleted_at is not None


def test_who_may_be_in_danger_is_heard_whatever_rules_say(room: Channel, ada: Person) -> None:
    make_rule("die", action="refuse", severity="high")
    message = record_incoming(room.pk, ada, "I want to die.")
    assert (CASES.get().action, CASES.get().message) == ("flag", message)


def test_the_nearest_strictness_says_which_rules_act(room: Channel, ada: Person) -> None:
    make_rule(severity="low", action="refuse")
    record_incoming(room.pk, ada, NASTY)  # standard
    configure(Place("channel", room.pk), level="strict")
    with pytest.raises(Refused):
        record_incoming(room.pk, ada, NASTY)
    other = make_channel("quay")
    record_incoming(other.pk, ada, NASTY)
    configure(Place("channel", room.pk), level="off")
    record_incoming(room.pk, ada, NASTY)
    with pytest.raises(ValueError, match="stricter holds more"):
        configuration.set_value("moderation", "hold_at_strict", 0.99)


def test_a_rule_concerns_its_place_and_side_alone(room: Channel, ada: Person) -> None:
    make_rule(scope="channel", channel=room, applies_to="characters", action="refuse")
    record_incoming(room.pk, ada, NASTY)
    make_rule(scope="channel", channel=room, applies_to="people", action="refuse")
    with pytest.raises(Refused):
        record_incoming(room.pk, ada, NASTY)
    record_incoming(make_channel("quay").pk, ada, NASTY)
    with pytest.raises(ValidationError, match="choose the channel"):
        make_rule("eel", scope="channel")


def test_looking_costs_no_query_and_a_change_is_in_force_at_once(
    room: Channel, ada: Person
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            record_incoming(room.pk, ada, "The tide is out.")
        return len(asked)

    queries()
    without = queries()
    rule = make_rule()
    queries()
    assert queries() == without
    rulebook.switch([rule.pk], False)
    configuration.forget_cached()
    record_incoming(room.pk, ada, NASTY)
    with pytest.raises(ValueError, match="can't be unset"):
        configuration.unset("moderation_rules", "edition")


# --- what characters say --------------------------------------------------------------------------


def drafted(room: Channel, ada: Person) -> Turn:
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    record_incoming(room.pk, ada, "Odile, how is the tide?")
    turn = director.look(room.pk)
    assert turn is not None
    turns.take(turn.pk)
    turn.refresh_from_db()
    return turn


def test_a_line_that_is_held_is_silence_until_it_is_released(room: Channel, ada: Person) -> None:
    make_rule("[a-z]", kind="regex", applies_to="characters")
    turn = drafted(room, ada)
    assert turn.status == Turn.Status.SILENT
    assert turn.guard_edits[-1] == "Held for a moderator: rule “no [a-z]”."
    case = CASES.get()
    assert case.character is not None and case.turn == turn and case.text
    assert not Message.objects.filter(character__isnull=False).exists()
    quarantine.release(case.pk, timezone.now())
    said = Message.objects.get(character__isnull=False)
    assert (said.content, said.turn) == (case.text, turn)


@pytest.mark.parametrize("text", ["I want to die, honestly.", "I owe the bank. Don't remember it."])
@pytest.mark.parametrize("is_over", [False, True])
def test_a_released_answer_to_what_is_off_the_record_is_so_too(
    room: Channel, ada: Person, text: str, is_over: bool
) -> None:
    make_rule("[a-z]", kind="regex", applies_to="characters")
    configuration.set_value("director", "time_scale", 0)
    configuration.forget_cached()
    heard = record_incoming(room.pk, ada, f"Odile, {text}")
    turn = director.look(room.pk)
    assert turn is not None
    turns.take(turn.pk)
    case = CASES.get(character__isnull=False)
    if is_over:
        close_conversation(heard.conversation, "idle", timezone.now())
    message = quarantine.release(case.pk, timezone.now()).message
    assert message is not None
    assert (message.content, message.is_off_record, message.reply_to) == (case.text, True, heard)


@pytest.mark.parametrize("why", ["adult", "rests", "refused", "paused", "muted", "gone"])
def test_a_line_is_released_only_where_its_character_may_speak(why: str) -> None:
    status = Character.Status.PAUSED if why == "rests" else Character.Status.ACTIVE
    odile = make_character("Odile", is_adult=why == "adult", status=status)
    mode = Channel.Mode.MUTED if why == "muted" else Channel.Mode.LIVE
    room = make_channel("bar", is_nsfw=why == "refused", is_paused=why == "paused", mode=mode)
    if why == "gone":
        Channel.objects.filter(pk=room.pk).update(removed_at=timezone.now())
    if why == "refused":
        configuration.set_value("age", "restricted_channels", "refused")
        configuration.forget_cached()
    case = make_case(character=odile, channel=room)
    told = {"adult": "speaks only in age-restricted", "refused": "nothing is said in such"}
    with pytest.raises(Refused, match=told.get(why, why)) as refused:
        quarantine.release(case.pk, timezone.now())
    assert refused.value.field == ("character" if why in ("adult", "rests") else "channel")
    case.refresh_from_db()
    assert case.state == "open" and not Message.objects.exists()


def test_a_line_that_is_refused_is_tried_once_more(room: Channel, ada: Person) -> None:
    make_rule("[a-z]", kind="regex", applies_to="characters", action="refuse")
    turn = drafted(room, ada)
    assert turn.status == Turn.Status.SILENT
    assert [edit for edit in turn.guard_edits if edit.startswith("Refused")] == [
        "Refused: rule “no [a-z]”."
    ] * 2
    assert CASES.get().state == "removed"


def test_a_line_that_is_flagged_is_said(room: Channel, ada: Person) -> None:
    make_rule("[a-z]", kind="regex", applies_to="characters", action="flag")
    turn = drafted(room, ada)
    assert turn.status == Turn.Status.DONE
    quarantine.remove(CASES.get().pk, timezone.now())
    assert turn.message.deleted_at is not None


# --- Discord --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("redis_client")
def test_discord_is_looked_at_too_and_so_are_edits() -> None:
    picked()
    make_rule()
    first, other = said(NASTY), said("What a herald.")
    assert inbound.receive(first, US) is None
    assert inbound.receive(first, US) is None  # told twice
    assert CASES.get().discord_message_id == first.id
    inbound.change(replace(first, content="Herring, I said.", edited_at=timezone.now()), US)
    assert CASES.get().text == "Herring, I said."
    inbound.remove([first.id])
    assert (CASES.get().state, CASES.get().text) == ("removed", "")
    message = inbound.receive(other, US)
    assert message is not None
    edited = replace(other, content=NASTY, edited_at=timezone.now())
    assert inbound.change(edited, US) is None
    message.refresh_from_db()
    assert message.deleted_at is not None and message.content == "What a herald."
    case = CASES.latest("pk")
    assert (case.text, case.discord_message_id) == (NASTY, other.id)
    quarantine.release(case.pk, timezone.now())
    assert Message.objects.get(discord_message_id=other.id).content == NASTY


@pytest.mark.usefixtures("redis_client")
@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("refuse", "Ada: That isn't said here (rule “no herring”). Say it differently."),
        ("quarantine", f"Ada: {moderation.WAITS}"),
    ],
)
def test_who_is_not_heard_on_discord_is_told_there_and_not_time_and_again(
    action: str, told: str
) -> None:
    picked()
    make_rule(action=action)
    first = said(NASTY)
    for one in (first, first, said("Herring again.")):
        inbound.receive(one, US)
    notice = Message.objects.get()
    assert (notice.content, notice.role) == (told, "system")
    assert Delivery.objects.filter(message=notice, surface="discord").exists()
    other = said("The tide is out.", by=somebody("Ben"))
    inbound.receive(other, US)
    reworded(other, NASTY)
    assert Message.objects.latest("pk").content == told.replace("Ada", "Ben")


def reworded(first: Sent, text: str) -> Message | None:
    return inbound.change(replace(first, content=text, edited_at=timezone.now()), US)


@pytest.mark.usefixtures("redis_client")
def test_what_is_reworded_while_it_waits_is_judged_anew() -> None:
    picked()
    make_rule()
    make_rule("eel", action="refuse")
    first = said(NASTY)
    inbound.receive(first, US)
    reworded(first, "You eel.")
    case = CASES.get()
    assert (case.state, case.action, case.why) == ("removed", "refuse", "rule “no eel”")
    assert case.text == "You eel." and case.decided_at is not None


@pytest.mark.usefixtures("redis_client")
def test_who_was_refused_and_says_it_differently_by_an_edit_is_heard() -> None:
    room = picked()
    make_character("Odile")
    make_rule(action="refuse")
    make_rule("eel")
    first = said(NASTY, at=timezone.now() - timedelta(hours=1))
    inbound.receive(first, US)
    assert reworded(first, "You herring, you.") is None
    message = reworded(first, "Odile, you old friend.")
    assert message is not None and message.content == "Odile, you old friend."
    assert reworded(first, "Odile, you old friend.") == message  # told twice
    assert director.look(room.pk).answers == message
    case = CASES.get()  # the record of what was refused stays
    assert (case.state, case.text, case.message) == ("removed", NASTY, None)
    other = said("Herring!")
    inbound.receive(other, US)
    assert reworded(other, "Eel, then!") is None
    waiting = CASES.get(state="open")
    assert (waiting.text, waiting.discord_message_id) == ("Eel, then!", other.id)
    quarantine.remove(waiting.pk, timezone.now())
    assert reworded(other, "Nothing at all.") is None  # a moderator has decided
    assert Message.objects.filter(person__isnull=False).get() == message


@pytest.mark.usefixtures("redis_client")
@pytest.mark.parametrize("action", ["quarantine", "refuse"])
def test_who_is_in_danger_by_what_they_reword_is_heard(action: str) -> None:
    picked()
    make_rule(action=action)
    first = said(NASTY)
    inbound.receive(first, US)
    reworded(first, "I want to die, honestly.")
    message, case = Message.objects.get(discord_message_id=first.id), CASES.get()
    assert message.is_off_record and CareNotice.objects.get().message == message
    assert (case.state, case.action, case.message, case.text) == ("open", "flag", message, "")


@pytest.mark.usefixtures("redis_client")
def test_what_was_released_and_is_edited_is_judged_anew() -> None:
    picked()
    make_rule()
    make_rule("eel", action="flag")
    first = said(NASTY)
    inbound.receive(first, US)
    released = quarantine.release(CASES.get().pk, timezone.now())
    message = reworded(first, "You eel.")
    flagged = CASES.latest("pk")
    assert (flagged.message, flagged.why, flagged.state) == (message, "rule “no eel”", "open")
    assert reworded(first, "Herring!") is None
    held = CASES.latest("pk")
    assert (held.text, held.state, held.discord_message_id) == ("Herring!", "open", first.id)
    released.refresh_from_db()
    assert (released.state, released.discord_message_id) == ("released", None)


# --- people's data --------------------------------------------------------------------------------


def test_cases_go_with_their_person_and_are_in_the_export(room: Channel, ada: Person) -> None:
    make_rule()
    held(room, ada)
    (row,) = export_person(ada, timezone.now())["moderation"]
    assert (row["text"], row["channel"], row["action"]) == (NASTY, "bar", "quarantine")
    receipt = forget_person(ada, "a keeper", timezone.now())
    assert receipt.counts["conversations.ModerationCase"] == 1
    assert not CASES.exists()


# --- the desk -------------------------------------------------------------------------------------


@pytest.fixture
def desk() -> Client:
    client, moderator = Client(), make_staff()
    give_role(moderator, "moderator")
    client.force_login(moderator)
    return client


def test_a_moderator_makes_rules_tries_them_and_decides(
    room: Channel, ada: Person, desk: Client
) -> None:
    add = reverse("admin:conversations_moderationrule_add")
    rule = {
        "name": "fish", "kind": "word", "pattern": "herring", "scope": "deployment",
        "applies_to": "both", "action": "quarantine", "severity": "high", "enabled": "on",
        "note": "",
    }  # fmt: skip
    wrong = desk.post(add, {**rule, "kind": "regex", "pattern": "(a"})
    assert "can&#x27;t be used" in wrong.content.decode()
    assert desk.post(add, rule).status_code == 302
    configuration.forget_cached()
    tried = desk.post(
        reverse("admin:act_try_moderation"),
        {"channel": room.pk, "side": "people", "text": "A hérring!"},
    ).content.decode()
    assert "It is held for a moderator." in tried and "“herring”" in tried
    cases = [held(room, ada)]
    with pytest.raises(Refused):
        record_incoming(room.pk, ada, "Herring again.")
    cases.append(CASES.latest("pk"))
    listed = reverse("admin:conversations_moderationcase_changelist")
    assert NASTY in desk.get(listed).content.decode()
    assert "Held for a moderator" in desk.get(reverse("admin:index")).content.decode()
    page = reverse("admin:conversations_moderationcase_change", args=[cases[0].pk])
    assert "Release it" in desk.get(page).content.decode()
    desk.post(reverse("admin:act_release_case", args=[cases[0].pk]), {"note": "fine"})
    desk.post(listed, {"action": "remove", "_selected_action": [case.pk for case in cases]})
    states = list(CASES.order_by("pk").values_list("state", flat=True))
    assert states == ["released", "removed"]


def test_rules_that_rest_or_are_deleted_are_in_force_no_more(room: Channel, desk: Client) -> None:
    herring, kipper, sprat = rules = [make_rule(word) for word in ("herring", "kipper", "sprat")]
    listed = reverse("admin:conversations_moderationrule_changelist")

    def act(action: str, *chosen: ModerationRule) -> None:
        keys = [rule.pk for rule in chosen]
        desk.post(listed, {"action": action, "_selected_action": keys, "post": "yes"})

    def in_force() -> list[ModerationRule]:
        configuration.forget_cached()
        return [one for one in rules if moderation.judge(one.pattern, "people", room).action]

    act("switch_off", herring, kipper)
    assert in_force() == [sprat]
    act("switch_on", herring)
    assert in_force() == [herring, sprat]
    page = reverse("admin:conversations_moderationrule_delete", args=[herring.pk])
    desk.post(page, {"post": "yes"})
    assert in_force() == [sprat]
    act("delete_selected", sprat)
    assert in_force() == []
    assert list(ModerationRule.objects.all()) == [kipper]


def test_who_is_blocked_is_listed_and_not_heard(room: Channel, ada: Person, desk: Client) -> None:
    make_rule()
    case = held(room, ada)
    cases = reverse("admin:conversations_moderationcase_changelist")
    desk.post(cases, {"action": "block", "_selected_action": [case.pk]})
    ada.refresh_from_db()
    with pytest.raises(Refused, match=r"You can write again on \d+ \w+ \d+ at"):
        record_incoming(room.pk, ada, "Good evening.")
    people = reverse("admin:characters_person_changelist") + "?blocked=now"
    assert list(desk.get(people).context["cl"].result_list) == [ada]
    desk.post(reverse("admin:act_unblock_person", args=[ada.pk]))
    assert not desk.get(people).context["cl"].result_list
    desk.post(reverse("admin:act_block_person", args=[ada.pk]), {"length": "good", "note": "spam"})
    acts = AdminAction.objects.filter(action_type__startswith="person.").order_by("pk")
    kinds = [act.action_type for act in acts]
    assert kinds == ["person.block", "person.unblock", "person.block"]


def test_a_block_list_is_taken_whole_or_not_at_all(desk: Client) -> None:
    page, fields = (
        reverse("admin:act_block_list"),
        {"name": "fish", "applies_to": "both", "action": "flag", "severity": "low"},
    )
    wrong = desk.post(page, {**fields, "text": "herring\n(\n/(a/\nfine*ly"}).content.decode()
    assert all(f"Line {n}" in wrong for n in (2, 3, 4)) and not ModerationRule.objects.exists()
    listed = "# fish\nherring\nHerring\nred herring\n/eels?\\d/\nherring\n"
    for _ in range(2):
        desk.post(page, {**fields, "text": listed})
    kinds = sorted(ModerationRule.objects.values_list("kind", "pattern"))
    assert kinds == [
        ("phrase", "red herring"), ("regex", "eels?\\d"), ("word", "Herring"), ("word", "herring"),
    ]  # fmt: skip
    act = AdminAction.objects.filter(action_type="moderation.import").last()
    assert act is not None and act.changes_made == {"list": "fish", "made": 4, "there": 0}
    with pytest.raises(rulebook.ListRefused, match="at most"):
        rulebook.read_list(b"x" * (rulebook.MOST_BYTES + 1))
    with pytest.raises(rulebook.ListRefused, match="UTF-8"):
        rulebook.read_list(b"\xff\xfe")
    with pytest.raises(rulebook.ListRefused, match="no entries"):
        rulebook.read_list(b"# nothing\n")


def test_the_starter_rules_find_what_they_are_for(room: Channel, ada: Person) -> None:
    assert add_starters() == len(STARTERS)
    assert add_starters() == 0
    configuration.forget_cached()
    for text in (
        "come to discord.gg/abcdef",
        "Claim your free nitro now!",
        "my key is sk-abcdefghijklmnopqrstuvwx",
        "card 4111 1111 1111 1111",
        "just K.Y.S.",
    ):
        with pytest.raises(Refused):
            record_incoming(room.pk, make_person(), text)
    for text in ("I play on Discord in the evening.", "The year 2024, or 1999?", "A free gift."):
        record_incoming(room.pk, make_person(), text)


def test_what_is_put_under_messages_goes_by_the_rules_too(
    room: Channel, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_rule(THUMB, kind="regex", name="no thumbs", severity="high")
    heard = record_incoming(room.pk, ada, "Odile, the ferry is late.")
    with pytest.raises(Refused, match="isn't used here"):
        toggle_reaction(heard.pk, ada, THUMB)
    turn = make_turn(
        heard.conversation,
        Character.objects.get(name="Odile"),
        action="react",
        status="speaking",
        answers=heard,
        claimed_by="me",
    )
    monkeypatch.setattr(saying, "emoji_for", lambda *_: THUMB)
    assert saying.react(turn, timezone.now()) is None
    turn.refresh_from_db()
    assert "no thumbs" in turn.error
    assert not Reaction.objects.exists()


def test_what_characters_write_down_goes_by_the_rules_too(room: Channel) -> None:
    make_rule("herring", severity="high")
    odile = Character.objects.get(name="Odile")
    hands = Hands(odile, room, Audience(), timezone.now(), make_conversation(room).pk)
    for path, content in (("herring.md", "Soup."), ("soup.md", "One h3rring, in milk.")):
        with pytest.raises(NotDone, match="no herring"):
            write_file(hands, WriteFile(path=path, content=content))
    assert not WorkspaceFile.objects.exists()
    assert "soup.md" in write_file(hands, WriteFile(path="soup.md", content="One cod, in milk."))
    assert moderation.judge_work("The herring song", room.community_id).stops
