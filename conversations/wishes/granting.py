"""What people ask for in plain words, done, whichever door the words came by."""

from __future__ import annotations

import datetime as dt
import re
from functools import partial
from typing import Any

from django.db import transaction

from audit.trail.acting import acting_as
from audit.trail.actions import record_action
from characters import preferences
from characters.models import Character, Person
from conversations.afterwards import revision
from conversations.community import decisions
from conversations.initiative import proactive, reminders
from conversations.models import Channel, Conversation, Message, ModerationCase
from conversations.people import erasure, privacy
from conversations.services import append_message, current_conversation, take_in
from conversations.tank import live
from conversations.text import Refused
from conversations.wishes import hushing, plaintalk, preferring
from conversations.wishes.plaintalk import Asked
from memories import knowledge

PASSING = ("hush", "unhush", "known")  # what is wanted now or not at all
TOLD = 10  # things that are known, told in direct messages
UNDER_WAY = dt.timedelta(minutes=10)  # an erasure may be, for so long after it was asked for

SURE = (
    "{name}: shall everything that is kept of you be erased, for good? Then say: “yes, forget "
    "me”. It can't be undone."
)
UNREMEMBERED = "{name}: nobody here will remember that."
PRIVATELY = (
    "{name}: that is for you alone. Ask me in direct messages, or use /what-do-you-know-about-me."
)

_MARKED = re.compile(r"\*\*(.+?)\*\*|`(.+?)`")  # for Discord; the tank shows words as they are
IN_THE_TANK = (
    "{name}: {count} things are remembered of you. Everybody reads along here, so a character "
    "tells you only what all may hear; the keeper gives you the whole of it, and “forget me” "
    "erases it."
)


def hear_out(
    channel: Channel,
    person: Person,
    now: dt.datetime,
    *,
    content: str,
    reply_to: Message | None = None,
    is_called: bool = False,
    may_keep: bool = False,
    is_waking: bool = True,
    is_fresh: bool = True,
    **fields: Any,
) -> Message | ModerationCase:
    """Add what a person says to a channel whose lock the caller holds, and do what it asks for.

    `is_called` is whether it speaks to whoever is here, `may_keep` whether the person keeps this
    room. What isn't fresh asks for nothing that was for its moment alone, and what moderation keeps
    apart for nothing.

    Raises:
        Refused: the person was erased meanwhile, or too much of theirs is kept apart already.
    """
    answers_one = reply_to is not None and reply_to.character_id is not None
    wish = None
    if plaintalk.may_ask(content):
        wish = plaintalk.asked(
            content,
            Character.objects.active().values_list("name", flat=True),
            is_called=is_called or answers_one or channel.is_direct,
            now=min(now, fields.get("said_at") or now),
            zone=preferences.zone_of(person),
            in_tank=_is_of_tank(channel),
            birthday=person.birthday,
        )
    if wish is not None and wish.kind == "unhush" and not hushing.is_hushed(channel, now):
        wish = None
    if wish is not None and wish.kind in PASSING and not is_fresh:
        wish = None
    # Where everybody reads along and nobody can be written to alone, a character answers too.
    is_talk = wish is None or (wish.kind == "known" and _is_of_tank(channel))
    message = take_in(
        channel,
        person,
        now,
        content=content,
        reply_to=reply_to,
        is_waking=is_waking and is_talk,
        **fields,
    )
    if not isinstance(message, Message):
        return message
    if wish is not None:
        if not is_talk:
            Message.objects.filter(pk=message.pk).update(is_request=True)
        carry_out(wish, channel, person, message, now, may_keep=may_keep)
    elif is_fresh and plaintalk.is_withheld(content):
        _say(UNREMEMBERED.format(name=person.name), channel, message, now)
    return message


def let_back(person: Person, content: str, now: dt.datetime) -> None:
    """Hear somebody of whom nothing is taken in again, if that is what their words ask for."""
    wish = plaintalk.asked(content, (), is_called=True, now=now, zone=preferences.zone_of(person))
    if wish is not None and wish.kind == "privacy" and wish.what:
        privacy.set_level(person, wish.what, now)


def carry_out(
    wish: Asked,
    channel: Channel,
    person: Person,
    message: Message,
    now: dt.datetime,
    *,
    may_keep: bool = False,
) -> None:
    """Do what a message asked for, and say so as the system, whom nobody answers. The caller holds
    the channel's lock."""
    if wish.kind == "forget_for_sure":
        transaction.on_commit(lambda: _forget(channel, person, now))
        return
    if wish.kind == "off_record":
        _say(_unremember(person, message, now), channel, message, now)
        return
    if wish.kind in ("hush", "unhush"):
        _say(_quiet(wish, channel, person, now, may_keep=may_keep), channel, message, now)
        return
    _say(_answer(wish, channel, person, now), channel, message, now)


def _quiet(
    wish: Asked, channel: Channel, person: Person, now: dt.datetime, *, may_keep: bool
) -> str:
    """Have a room quiet, or talk again. Who doesn't keep it may only be left be themselves."""
    if not may_keep and not channel.is_direct:
        if wish.kind == "hush":
            proactive.leave_be(person, leave=True)
        return f"{person.name}: {hushing.NOT_YOURS}"
    hush = wish.kind == "hush"
    done = hushing.hush(channel, wish.at, now) if hush else hushing.unhush(channel, now)
    who = f"Discord {person.discord_id}" if person.discord_id else "a keeper in the tank"
    with acting_as(name=who, means="plain talk"):
        record_action(f"channel.{wish.kind}", channel, changes={"said": done}, now=now)
    return f"{person.name}: {done}"


def _unremember(person: Person, message: Message, now: dt.datetime) -> str:
    """Have nobody remember what somebody meant: what they answer to, if it is their own, else what
    they said last; nor what was answered to it. Returns what came of it, in words."""
    own = Message.objects.filter(
        person=person, conversation=message.conversation_id, deleted_at__isnull=True
    )
    meant = own.filter(pk=message.reply_to_id).first() if message.reply_to_id else None
    meant = meant or own.filter(number__lt=message.number).order_by("-number").first()
    if meant is None:
        return f"{person.name}: I can't tell what you mean. Reply to the message, saying that."
    Message.objects.filter(pk=message.pk).update(is_off_record=True)
    Message.objects.filter(pk=meant.pk).update(is_off_record=True, awaits_revision=True)
    decisions.forget([meant.pk])
    transaction.on_commit(partial(revision.revise, meant.pk, now))
    return UNREMEMBERED.format(name=person.name)


def _answer(wish: Asked, channel: Channel, person: Person, now: dt.datetime) -> str:
    if wish.kind == "forget":
        return SURE.format(name=person.name)
    if wish.kind in ("leave_be", "come_to_me"):
        return _leave_be(person, leave=wish.kind == "leave_be")
    if wish.kind == "known":
        return _what_is_known(channel, person)
    if wish.kind == "privacy":
        return f"{person.name}: {_set_privacy(wish, channel, person, now)}"
    if wish.kind in ("birthday", "timezone", "quiet_hours"):
        return f"{person.name}: {_prefer(wish, channel, person, now)}"
    assert wish.at is not None  # noqa: S101 - a reminder has one
    try:
        event = reminders.remind_at(person, channel, wish.at, wish.what, now, rule=wish.rule)
    except Refused as refused:
        return f"{person.name}: {refused.remedy}"
    local = event.trigger_at.astimezone(preferences.zone_of(person))
    when = f"on {local:%A} {local.day} {local:%B} at {local:%H:%M} ({preferences.zone_of(person)})"
    return reminders.confirmation(event, when)


def _prefer(wish: Asked, channel: Channel, person: Person, now: dt.datetime) -> str:
    """Keep what somebody tells of their day, their clock or their hours."""
    try:
        if wish.kind == "birthday":
            return preferring.birthday(person, wish.what or None, now, channel)
        if wish.kind == "timezone":
            return preferring.timezone(person, wish.what, now)
        start, _, end = wish.what.partition("|")
        return preferring.quiet_hours(person, start or None, end or None, now)
    except (Refused, preferences.Unusable) as error:
        return error.remedy


def _set_privacy(wish: Asked, channel: Channel, person: Person, now: dt.datetime) -> str:
    if wish.what:
        return privacy.set_level(person, wish.what, now, in_tank=_is_of_tank(channel))
    return privacy.explain(person, person.consent_level, in_tank=_is_of_tank(channel))


def _is_of_tank(channel: Channel) -> bool:
    return channel.discord_id is None and not channel.is_direct


def _what_is_known(channel: Channel, person: Person) -> str:
    if channel.is_direct:
        return _known(person)
    if not _is_of_tank(channel):
        return PRIVATELY.format(name=person.name)
    return IN_THE_TANK.format(name=person.name, count=knowledge.page(person.pk, 0, 1).total)


def _leave_be(person: Person, *, leave: bool) -> str:
    proactive.leave_be(person, leave=leave)
    if leave:
        return f"{person.name}: nobody will come to you unasked any more."
    if person.consent_level != Person.Consent.FULL:
        return f"{person.name}: gladly, once you say “privacy full”."
    return f"{person.name}: gladly."


def _known(person: Person) -> str:
    page = knowledge.page(person.pk, 0, TOLD)
    if not page.total:
        return "Nothing is remembered of you."
    said = [f"What is remembered of you ({page.total}):"]
    said += [f"- {item.text[:200]} ({item.known_by})" for item in page.items]
    said.append("/what-do-you-know-about-me shows all of it, and forgets it item by item.")
    return "\n".join(said)


def forget_who_was_sure(now: dt.datetime) -> int:
    """Erase those who said that they are sure, where the process that was to do it died. Returns
    how many."""
    sure = Message.objects.filter(
        is_request=True,
        content__icontains="forget me",
        created_at__lt=now - UNDER_WAY,
        person__erased_at=None,
        deleted_at=None,
    ).select_related("person", "conversation__channel")
    names = list(Character.objects.values_list("name", flat=True))
    waiting = {
        said.person: said.conversation.channel
        for said in sure.defer("embedding", "search").order_by("pk")
        if said.person is not None and plaintalk.is_sure(said.content, names)
    }
    for person, channel in waiting.items():
        _forget(channel, person, now)
    return len(waiting)


def _forget(channel: Channel, person: Person, now: dt.datetime) -> None:
    receipt = erasure.forget_person(person, "the person", now)
    held = Channel.objects.filter(pk=channel.pk, removed_at__isnull=True)
    with transaction.atomic():
        if held.select_for_update(no_key=True).exists():
            talk = current_conversation(channel, now, kind=Conversation.Kind.WITH_PEOPLE)
            words = privacy.receipt_words(receipt, in_tank=_is_of_tank(channel))
            _tell(words, channel, talk, now)


def _say(text: str, channel: Channel, message: Message, now: dt.datetime) -> None:
    conversation = message.conversation
    conversation.refresh_from_db(fields=["message_count", "last_message_at"])
    _tell(text, channel, conversation, now, reply_to=message)


def _tell(
    text: str,
    channel: Channel,
    conversation: Conversation,
    now: dt.datetime,
    reply_to: Message | None = None,
) -> None:
    said = append_message(
        conversation,
        now,
        role=Message.Role.SYSTEM,
        content=_MARKED.sub(r"\1\2", text) if _is_of_tank(channel) else text,
        reply_to=reply_to,
    )
    live.publish_message(said, channel.pk)
