"""What people ask for in plain words, as others would with a command: to be reminded, to be
forgotten, to hear what is known of them, to have something not remembered.

Recognised only where somebody is spoken to, and only where the words can mean nothing else: what
isn't recognised is talk, and a character answers it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from django.db import transaction

from characters import preferences
from characters.models import Person
from conversations import (
    decisions,
    erasure,
    live,
    moments,
    privacy,
    proactive,
    recurrence,
    reminders,
)
from conversations.models import Channel, Message, ScheduledEvent
from conversations.services import append_message
from conversations.text import Refused
from memories import formation, knowledge

Kind = Literal[
    "remind", "forget", "forget_for_sure", "known", "off_record", "leave_be", "come_to_me"
]  # fmt: skip

LONGEST_WHEN = 7  # words that name a time
TOLD = 10  # things that are known, told in direct messages

_POLITE = r"(?:(?:please|can you|could you|would you|will you|i want you to|i'd like you to)[ ,]+)*"
_GREETING = r"(?:hey|hi|hello|ok|okay|dear)"
_ABOUT_ME = r"(?:about|of) me"
_FORGET = re.compile(
    rf"{_POLITE}(?:forget (?:me|(?:everything|all|whatever)(?: that)?(?: you know)? {_ABOUT_ME})"
    rf"|erase (?:me|everything {_ABOUT_ME})|delete (?:everything|all|my data)(?: {_ABOUT_ME})?)"
    r"(?:[ ,]+please)?[ .!?]*"
)
_SURE = re.compile(r"yes[ ,.!]+(?:please[ ,]+)?forget me(?:[ ,]+(?:please|for good))?[ .!]*")
_OFF_RECORD = re.compile(
    rf"{_POLITE}(?:(?:do not|don't|never) remember (?:this|that|it|what i (?:just )?said)"
    r"|forget what i (?:just )?said(?: again)?)(?:[ ,]+please)?[ .!]*"
)
_KNOWN = re.compile(
    rf"{_POLITE}(?:(?:tell me|show me) )?what (?:do|did) you (?:know|remember) {_ABOUT_ME}[ .!?]*"
    rf"|{_POLITE}(?:tell|show) me what you (?:know|remember) {_ABOUT_ME}[ .!?]*"
    rf"|what have you (?:learned|remembered|stored|saved) {_ABOUT_ME}[ .!?]*"
)
_REMIND = re.compile(rf"{_POLITE}remind me[ ,]+(?P<rest>\S.*?)(?:[ ,]+please)?[ .!?]*", re.DOTALL)
_LEAVE_BE = re.compile(
    rf"{_POLITE}(?:(?:don't|do not|never|stop) (?:check(?:ing)? (?:up )?on me|com(?:e|ing) to me"
    r"|ask(?:ing)? after me|miss(?:ing)? me|ask(?:ing)? me how (?:it|things) went)"
    r"|leave me be)(?:[ ,]+(?:unasked|any ?more|please))*[ .!]*"
)
_COME = re.compile(
    rf"{_POLITE}(?:you (?:may|can) )?(?:check (?:up )?on me|come to me|ask after me)"
    r"(?: (?:again|unasked|any ?time|now and then))?(?:[ ,]+please)?[ .!]*"
)
_LINK = re.compile(r"(?:to|that|about|of)\s+", re.IGNORECASE)


_HINTS = (
    "remember th",
    "remember it",
    "what i ",
    "remind me",
    "forget me",
    "about me",
    "of me",
    "erase me",
    "delete ",
    "on me",
    "after me",
    "to me",
    "leave me be",
    "me how",
    "missing me",
    "miss me",
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for; `at`, `what` and `rule` belong to a reminder."""

    kind: Kind
    at: dt.datetime | None = None
    what: str = ""
    rule: str = ""


def may_ask(text: str) -> bool:
    """Whether a message is worth the look whether it asks for something: most are not."""
    low = text.casefold()
    return any(hint in low for hint in _HINTS)


def asked(
    text: str, names: Iterable[str], *, is_called: bool, now: dt.datetime, zone: ZoneInfo
) -> Asked | None:
    """What a message asks for; None where it is talk. `is_called` is whether it speaks to whoever
    is here; else it must begin or end with one of `names`."""
    bare = without_address(text, names)
    if bare is None:
        if not is_called:
            return None
        bare = text
    bare = " ".join(bare.replace("’", "'").split())
    low = bare.casefold()
    if _SURE.fullmatch(low):
        return Asked("forget_for_sure")
    if _FORGET.fullmatch(low):
        return Asked("forget")
    if _KNOWN.fullmatch(low):
        return Asked("known")
    if _OFF_RECORD.fullmatch(low):
        return Asked("off_record")
    if _LEAVE_BE.fullmatch(low):
        return Asked("leave_be")
    if _COME.fullmatch(low):
        return Asked("come_to_me")
    found = _REMIND.fullmatch(low)
    if found is None or len(low) != len(bare):
        return None
    return _reminder(bare[found.start("rest") : found.end("rest")], now, zone)


def without_address(text: str, names: Iterable[str]) -> str | None:
    """A message without the name of the one it speaks to; None where it speaks to nobody of these
    at its beginning or end."""
    for name in sorted(names, key=len, reverse=True):
        for called in dict.fromkeys((name, name.split()[0])):
            word = re.escape(called)
            parted = r"(?:\s*[,:!–—-]\s*|\s+)"
            begun = re.match(rf"\s*(?:{_GREETING}[ ,]+)?@?{word}{parted}", text, re.IGNORECASE)
            if begun:
                return text[begun.end() :]
            ended = re.search(rf",\s*@?{word}\s*[.!?]*\s*$", text, re.I)
            if ended:
                return text[: ended.start()]
    return None


def _reminder(rest: str, now: dt.datetime, zone: ZoneInfo) -> Asked | None:
    """'in 20 minutes to …', 'to … in 20 minutes', 'tomorrow at 9: …'."""
    words = rest.split()
    for count in range(min(LONGEST_WHEN, len(words) - 1), 0, -1):
        at, rule = _when(" ".join(words[:count]).rstrip(":,"), now, zone)
        after = " ".join(words[count:])
        link = _LINK.match(after)
        is_parted = words[count - 1].endswith((":", ","))
        if at is not None and (link or is_parted):
            what = after[link.end() :] if link else after
            return Asked("remind", at, what, rule) if what else None
    link = _LINK.match(rest)
    if link is None:
        return None
    words = rest[link.end() :].split()
    for count in range(min(LONGEST_WHEN, len(words) - 1), 0, -1):
        at, rule = _when(" ".join(words[-count:]), now, zone)
        if at is not None:
            return Asked("remind", at, " ".join(words[:-count]).rstrip(",;"), rule)
    return None


def _when(text: str, now: dt.datetime, zone: ZoneInfo) -> tuple[dt.datetime | None, str]:
    """The moment that words name, and the rule, if they name one."""
    again = recurrence.read(text, now, zone)
    return (again[1], again[0]) if again else (moments.read(text, now, zone), "")


# --- done -----------------------------------------------------------------------------------------

SURE = (
    "{name}: shall everything that is kept of you be erased, for good? Then say: “yes, forget "
    "me”. It can't be undone."
)
PRIVATELY = (
    "{name}: that is for you alone. Ask me in direct messages, or use /what-do-you-know-about-me."
)


def carry_out(
    wish: Asked, channel: Channel, person: Person, message: Message, now: dt.datetime
) -> None:
    """Do what a message asked for, and say so as the system, whom nobody answers. The caller holds
    the channel's lock."""
    if wish.kind == "forget_for_sure":
        transaction.on_commit(lambda: _forget(channel, person, message, now))
        return
    if wish.kind == "off_record":
        _say(_unremember(person, message), channel, message, now)
        return
    _say(_answer(wish, channel, person, now), channel, message, now)


def _unremember(person: Person, message: Message) -> str:
    """Have nobody remember what somebody meant: what they answer to, if it is their own, else what
    they said last. Returns what came of it, in words."""
    own = Message.objects.filter(
        person=person, conversation=message.conversation_id, deleted_at__isnull=True
    )
    meant = own.filter(pk=message.reply_to_id).first() if message.reply_to_id else None
    meant = meant or own.filter(number__lt=message.number).order_by("-number").first()
    if meant is None:
        return f"{person.name}: I can't tell what you mean. Reply to the message, saying that."
    key = meant.pk
    Message.objects.filter(pk__in=[key, message.pk]).update(is_off_record=True)
    transaction.on_commit(lambda: _take_back(key))
    return f"{person.name}: nobody here will remember that."


def _take_back(message_id: int) -> None:
    """What was remembered of a message already is forgotten, and what it foretold."""
    formation.message_changed(message_id, None)
    with transaction.atomic():
        decisions.forget([message_id])
    ScheduledEvent.objects.filter(found_in=message_id).delete()


def _answer(wish: Asked, channel: Channel, person: Person, now: dt.datetime) -> str:
    if wish.kind == "forget":
        return SURE.format(name=person.name)
    if wish.kind in ("leave_be", "come_to_me"):
        return _leave_be(person, leave=wish.kind == "leave_be")
    if wish.kind == "known":
        return _known(person) if channel.is_direct else PRIVATELY.format(name=person.name)
    assert wish.at is not None  # noqa: S101 - a reminder has one
    try:
        event = reminders.remind_at(person, channel, wish.at, wish.what, now, rule=wish.rule)
    except Refused as refused:
        return f"{person.name}: {refused.remedy}"
    local = event.trigger_at.astimezone(preferences.zone_of(person))
    when = f"on {local:%A} {local.day} {local:%B} at {local:%H:%M} ({preferences.zone_of(person)})"
    return reminders.confirmation(event, when)


def _leave_be(person: Person, *, leave: bool) -> str:
    proactive.leave_be(person, leave=leave)
    if leave:
        return f"{person.name}: nobody will come to you unasked any more."
    if person.consent_level != Person.Consent.FULL:
        return f"{person.name}: gladly, once you set /privacy to full."
    return f"{person.name}: gladly."


def _known(person: Person) -> str:
    page = knowledge.page(person.pk, 0, TOLD)
    if not page.total:
        return "Nothing is remembered of you."
    said = [f"What is remembered of you ({page.total}):"]
    said += [f"- {item.text[:200]} ({item.known_by})" for item in page.items]
    said.append("/what-do-you-know-about-me shows all of it, and forgets it item by item.")
    return "\n".join(said)


def _forget(channel: Channel, person: Person, message: Message, now: dt.datetime) -> None:
    receipt = erasure.forget_person(person, "the person", now)
    held = Channel.objects.filter(pk=channel.pk, removed_at__isnull=True)
    with transaction.atomic():
        if held.select_for_update().exists():
            _say(privacy.receipt_words(receipt), channel, message, now, is_reply=False)


def _say(
    text: str, channel: Channel, message: Message, now: dt.datetime, *, is_reply: bool = True
) -> None:
    conversation = message.conversation
    conversation.refresh_from_db(fields=["message_count", "last_message_at"])
    said = append_message(
        conversation,
        now,
        role=Message.Role.SYSTEM,
        content=text,
        reply_to=message if is_reply else None,
    )
    live.publish_message(said, channel.pk)
