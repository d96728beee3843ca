"""What becomes of what moderation kept apart or flagged: it is released, or removed for good.

What is released enters the talk as if just said. Each decision is one transaction, is made once,
and is in the trail.
"""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from audit.trail.actions import record_action
from conversations import corrections, nudges
from conversations.care import care
from conversations.feelings.tone import sentiment
from conversations.floor.permission import check_room, check_speaker
from conversations.models import Channel, Conversation, Message, ModerationCase, Turn
from conversations.moderation import moderation, strictness
from conversations.services import append_message, current_conversation, hear
from conversations.tank import live
from conversations.text import Refused, clean_message
from fishbowl.llm.distress import is_crisis

log = logging.getLogger(__name__)

State, Action = ModerationCase.State, ModerationCase.Action
GONE = "There is nothing to decide about that any more."
LONGEST_NOTE = 500
TOLD_EVERY = dt.timedelta(minutes=5)


def release(
    case_id: int, now: dt.datetime, *, user: Any = None, note: str = "", by: str = "a moderator"
) -> ModerationCase:
    """Let it be said after all, or let stand what was flagged. What was refused may be said, too.

    Raises:
        Refused: it was decided already, or can't be said: by whom it was is gone, for one.
    """
    with transaction.atomic():
        case = hold_case(case_id, (State.OPEN, State.WAITING, State.REMOVED))
        if case.text and case.message_id is None and not _is_flagged_line(case):
            case.message = say(case, now)
            case.text = ""
        elif case.state == State.REMOVED:
            raise Refused("case", GONE)
        _decide(case, State.RELEASED, now, user, note, by)
    return case


def remove(
    case_id: int, now: dt.datetime, *, user: Any = None, note: str = "", by: str = "a moderator"
) -> ModerationCase:
    """Let it never be said; a message that was flagged is taken away.

    Raises:
        Refused: it was decided already.
    """
    with transaction.atomic():
        case = hold_case(case_id, (State.OPEN, State.WAITING))
        message = _message_of(case)
        if message is not None and message.deleted_at is None:
            corrections.remove_message(message.pk, now)
        _decide(case, State.REMOVED, now, user, note, by)
    return case


def _decide(
    case: ModerationCase, state: str, now: dt.datetime, user: Any, note: str, by: str
) -> None:
    case.state = state
    case.decided_at = max(now, case.opened_at)
    case.decided_by = user if user is not None and user.is_authenticated else None
    case.note = note.strip()[:LONGEST_NOTE]
    case.next_attempt_at = None
    case.save()
    if user is not None:
        about = {"message": case.message_id, "channel": case.channel_id, "note": case.note}
        record_action(
            "moderation.release" if state == State.RELEASED else "moderation.remove",
            case,
            changes={name: value for name, value in about.items() if value},
            user=user,
        )


def hold_case(case_id: int, states: tuple[str, ...]) -> ModerationCase:
    """Lock a case, and its channel before it: everybody takes locks in this order."""
    where = ModerationCase.objects.filter(pk=case_id).values("channel_id")
    Channel.objects.select_for_update(no_key=True).filter(pk__in=where).first()
    case = (
        ModerationCase.objects.select_for_update(of=("self",), no_key=True)
        .select_related("channel__community", "person", "character", "turn__answers", "message")
        .filter(pk=case_id, state__in=states)
        .first()
    )
    if case is None:
        raise Refused("case", GONE)
    return case


def text_of(case: ModerationCase) -> str:
    """What was said: its own text, or that of the message that stands."""
    if case.text or case.message is None or case.message.deleted_at is not None:
        return case.text
    return case.message.content


def _is_flagged_line(case: ModerationCase) -> bool:
    return case.action == Action.FLAG and case.character_id is not None


def _message_of(case: ModerationCase) -> Message | None:
    """The message that a case is about: of a flagged line, that of its turn."""
    if case.message_id is not None:
        return case.message
    if case.turn_id is not None and case.action == Action.FLAG:
        return Message.objects.filter(turn=case.turn_id).first()
    return None


def say(case: ModerationCase, now: dt.datetime) -> Message:
    """Have it said. The caller holds the case and its channel.

    Raises:
        Refused: by whom it was is gone, rests or may not speak there, or the room is gone.
    """
    if case.channel.removed_at is not None:
        raise Refused("channel", f"#{case.channel.name} is gone from Discord.")
    return _of_person(case, now) if case.person_id else _of_character(case, now)


def _of_person(case: ModerationCase, now: dt.datetime) -> Message:
    person = case.person
    assert person is not None  # noqa: S101 - the database holds that it is of one
    if not person.is_active or person.consent_level == person.Consent.NONE:
        raise Refused("person", f"{person.name} has left, or isn't to be taken in any more.")
    here = Message.objects.filter(conversation__channel=case.channel_id)
    answered = here.filter(pk=case.answered_id).first() if case.answered_id else None
    try:
        with transaction.atomic():
            return hear(
                case.channel,
                person,
                now,
                content=case.text,
                reply_to=answered,
                client_nonce=case.client_nonce,
                discord_message_id=case.discord_message_id,
                is_call=case.is_call,
                image_urls=list(case.image_urls),
                has_images=bool(case.image_urls),
            )
    except IntegrityError:
        raise Refused("case", "It has been said meanwhile. Remove it here.") from None


def _of_character(case: ModerationCase, now: dt.datetime) -> Message:
    character = case.character
    assert character is not None  # noqa: S101 - the database holds that it is of one
    channel, turn = case.channel, case.turn
    check_speaker(character, channel)
    conversation = current_conversation(channel, now, kind=Conversation.Kind.AMBIENT)
    heard = turn.answers if turn is not None else None
    # Who was in danger was told where to turn in its place: then the turn has its message.
    is_turns = (
        turn is not None
        and turn.conversation_id == conversation.pk
        and not Message.objects.filter(turn=turn).exists()
    )
    message = append_message(
        conversation,
        now,
        character=character,
        role=Message.Role.ASSISTANT,
        content=case.text,
        turn=turn if is_turns else None,
        reply_to=heard,
        is_off_record=care.is_apart(heard),
        sentiment=sentiment(case.text),
    )
    if turn is not None and is_turns:
        Turn.objects.filter(pk=turn.pk).update(status=Turn.Status.DONE, error="")
    Conversation.objects.filter(pk=conversation.pk).update(next_turn_at=now)
    live.publish_message(message, channel.pk)
    nudges.look(channel.pk)
    return message


def let_go(now: dt.datetime) -> int:
    """Let go of the words of what was refused or removed long ago; that it was stays. Returns of
    how many."""
    kept = ModerationCase.objects.filter(state=State.REMOVED).exclude(text="")
    places = kept.order_by().values_list("channel_id", "channel__community_id").distinct()
    gone = 0
    for channel, community in places:
        days = strictness.in_force(community, channel).words_days
        decided = kept.filter(channel=channel, decided_at__lt=now - dt.timedelta(days=days))
        gone += decided.update(text="", image_urls=[])
    return gone


# --- what its author does to it meanwhile ---------------------------------------------------------


def withdraw(discord_ids: list[int], now: dt.datetime) -> int:
    """Whoever said it took it back on Discord: there is nothing to decide any more. Returns how
    many waited."""
    waiting = ModerationCase.objects.filter(
        discord_message_id__in=discord_ids, state__in=[State.OPEN, State.WAITING], message=None
    )
    return waiting.update(
        state=State.REMOVED, decided_at=now, text="", note="Its author deleted it on Discord."
    )


def reword(discord_id: int, content: str, now: dt.datetime | None = None) -> bool:
    """Whoever said it has edited it on Discord: that is what waits now, looked at by the rules as
    what is said anew. Who seems in danger by it is heard. Returns whether it waited."""
    now = now or timezone.now()
    in_danger = is_crisis(content)
    states = (State.OPEN, State.WAITING, *([State.REMOVED] if in_danger else []))
    found = ModerationCase.objects.filter(
        discord_message_id=discord_id, state__in=states, message=None
    )
    case_id = found.values_list("pk", flat=True).first()
    if case_id is None:
        return False
    with transaction.atomic():
        try:
            case = hold_case(case_id, states)
        except Refused:  # somebody decided meanwhile
            return False
        case.text = content
        judgement = moderation.judge(content, "people", case.channel)
        if judgement.action or case.state == State.WAITING:
            moderation.note_objections(case, judgement)
        if judgement.action == Action.REFUSE:
            case.action, case.state, case.decided_at = Action.REFUSE, State.REMOVED, now
            case.next_attempt_at = None
        elif judgement.stops:
            case.state, case.next_attempt_at = State.OPEN, None
        elif in_danger:
            _hear_at_once(case, now)
        elif case.state == State.WAITING:
            case.next_attempt_at = now
        case.save()
    return True


def says_otherwise(discord_id: int, content: str) -> bool:
    """Whether somebody who was refused, and told to say it differently, does so by an edit on
    Discord, with which no rule that refuses has anything to do. Then the record of what was refused
    lets the message go: it can be taken in as said anew. Who seems in danger by it: `reword`."""
    if not content or is_crisis(content):
        return False
    refused = ModerationCase.objects.filter(
        discord_message_id=discord_id, action=Action.REFUSE, state=State.REMOVED, message=None
    )
    case = refused.select_related("channel").first()
    if case is None:
        return False
    if moderation.judge(content, "people", case.channel).action == Action.REFUSE:
        return False
    return bool(refused.update(discord_message_id=None))


def _hear_at_once(case: ModerationCase, now: dt.datetime) -> None:
    """Who may be in danger waits for nobody; that it was held is flagged."""
    try:
        case.message = say(case, now)
    except Refused as why:
        log.warning("Case %s can't be said: %s", case.pk, why)
        return
    case.text, case.action, case.state = "", Action.FLAG, State.OPEN
    case.next_attempt_at = case.decided_at = case.decided_by = None


def tell(case: ModerationCase, now: dt.datetime) -> None:
    """Tell whoever said it on Discord that nobody heard it, in the channel, where their message
    stands: a door that has no answer of its own. Not of what the endpoint is yet to look at, nor
    one after the other. The caller holds the channel's lock."""
    person, channel = case.person, case.channel
    if person is None or case.opened_at != now or case.state == State.WAITING:
        return
    lately = ModerationCase.objects.filter(
        person=person, channel=channel, message=None, opened_at__gt=now - TOLD_EVERY
    )
    if lately.exclude(pk=case.pk).exclude(state=State.WAITING).exists():
        return
    try:
        check_room(channel)
    except Refused:
        return
    told = append_message(
        current_conversation(channel, now, kind=Conversation.Kind.WITH_PEOPLE),
        now,
        role=Message.Role.SYSTEM,
        content=f"{person.name}: {moderation.refusal(case).remedy}",
    )
    live.publish_message(told, channel.pk)


def knows(discord_id: int) -> bool:
    """Whether a message of Discord is or was kept apart here."""
    return ModerationCase.objects.filter(discord_message_id=discord_id).exists()


def take_edit(message_id: int, content: str, at: dt.datetime, longest: int) -> Message | None:
    """Somebody edits what they said, which is looked at as what is said anew. Where rules hold or
    refuse what it says now, or nothing is shown before the endpoint was asked, it is taken away,
    and waits: then there is no message any more.

    Raises:
        Refused: the message is gone, or the text can't be taken.
    """
    content = clean_message(content, longest)
    with transaction.atomic():
        message = Message.objects.select_related("conversation__channel", "person", "reply_to").get(
            pk=message_id
        )
        channel, person = message.conversation.channel, message.person
        if person is None or message.content == content:
            return corrections.edit_message(message_id, content, at, longest)
        judgement = moderation.judge(content, "people", channel)
        asks = moderation.asks_endpoint(channel)
        is_unseen = asks == "before" and not is_crisis(content)
        moderation.let_decided_go(message)
        if not judgement.stops and not is_unseen:
            edited = corrections.edit_message(message_id, content, at, longest)
            if asks:
                moderation.await_look(edited, judgement, channel, at)
            elif judgement.action:
                moderation.flag(edited, judgement, channel, at)
            return edited
        corrections.remove_message(message_id, at)
        # Discord's id is the case's from now on.
        Message.objects.filter(pk=message_id).update(discord_message_id=None)
        fields: dict[str, Any] = {
            "reply_to": message.reply_to,
            "discord_message_id": message.discord_message_id,
            "is_call": message.is_call,
            "image_urls": list(message.image_urls),
        }
        if judgement.stops:
            tell(moderation.keep(judgement, channel, person, content, at, **fields), at)
        else:
            moderation.await_look_first(channel, person, content, at, **fields)
    return None
