"""Messages of Discord as rows: said, edited, deleted. One transaction each, and the same event
twice is the same as once.

Who is told apart from whom, in this order: ourselves (the bot, and the webhooks by which characters
speak), other bots and webhooks, whom nobody answers, and people. A person's message is a row before
anything else happens.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from characters.models import Person
from conversations import corrections
from conversations.discord import parts, people, places, rules
from conversations.discord.facts import Sent, Us
from conversations.discord.known import message_id_of
from conversations.discord.wording import (
    mentioned,
    message_text,
    person_name,
    readable,
    without_call,
)
from conversations.floor.rules import director_rules, is_refused, writing_rules
from conversations.models import MAX_CONTENT, Channel, Conversation, Message, ModerationCase
from conversations.moderation import quarantine
from conversations.services import (
    append_message,
    close_conversation,
    current_conversation,
)
from conversations.tank import live
from conversations.text import Refused
from conversations.wishes import hushing
from conversations.wishes.granting import hear_out

log = logging.getLogger(__name__)

# Events may cross on their way: what is deleted before it is heard of isn't taken in after, and
# what is edited before is taken in as it was edited.
REMEMBERED_DELETIONS, REMEMBERED_EDITS = 5000, 500
CROSSING = dt.timedelta(minutes=10)
_deleted: OrderedDict[int, None] = OrderedDict()
_edited: OrderedDict[int, Sent] = OrderedDict()


def receive(sent: Sent, us: Us, now: dt.datetime | None = None) -> Message | None:
    """Take in a message. Returns its row; None where it isn't to be kept.

    What is older than a few minutes, as after a pause, is context: it wakes nobody by itself.
    """
    now = now or timezone.now()
    with transaction.atomic():
        channel = _hold_room(sent)
        if channel is None:
            return None
        message = _take_in(channel, _edited.get(sent.id, sent), us, now)
        if channel.seen_to is None or sent.id > channel.seen_to:
            Channel.objects.filter(pk=channel.pk).update(seen_to=sent.id)
    _edited.pop(sent.id, None)
    return message


def _hold_room(sent: Sent) -> Channel | None:
    """The channel, locked, if what is said in it is taken in."""
    settings = rules.in_force()
    if sent.place.is_direct and not settings.direct_messages:
        return None
    if _is_from_nobody(sent) and sent.place.is_direct:
        return None
    if (channel := places.hold(sent.place.channel_id)) is not None:
        return channel
    try:
        room = places.room_for(sent.place)
    except Refused:  # whether it is for adults isn't known yet
        return None
    if is_refused(room):
        return None
    if room.mode == Channel.Mode.MUTED:
        if room.seen_to is not None:
            Channel.objects.filter(pk=room.pk).update(seen_to=None)
        return None
    return places.hold(sent.place.channel_id)


def _is_from_nobody(sent: Sent) -> bool:
    return sent.author.is_bot or sent.webhook_id is not None


def _take_in(channel: Channel, sent: Sent, us: Us, now: dt.datetime) -> Message | None:
    if known := Message.objects.filter(discord_message_id=sent.id).first():
        return known
    if sent.id in _deleted or _was_taken_in_before(channel, sent):
        return None
    if channel.seen_to is not None and sent.id <= channel.seen_to and quarantine.knows(sent.id):
        return None
    if _is_ours(sent, us):
        parts.recognise(sent.place.channel_id, sent.id, sent.content, sent.webhook_id)
        return None
    if _is_from_nobody(sent):
        is_kept = rules.in_force().other_bots == "record"
        return _note_bot(channel, sent, us, now) if is_kept else None
    return _hear(channel, sent, us, now) if sent.is_speech else None


def _was_taken_in_before(channel: Channel, sent: Sent) -> bool:
    """Whether an unknown message is too old to be new: it was erased, or said before anybody
    listened."""
    mark = places.mark_of(channel)
    return sent.id < mark and sent.at < timezone.now() - CROSSING


def _is_ours(sent: Sent, us: Us) -> bool:
    """Whether the bot said it, or a character through one of our webhooks."""
    if sent.author.id == us.user_id:
        return True
    if sent.webhook_id is None:
        return False
    return (
        sent.application_id == us.application_id
        or Channel.objects.filter(webhook_id=sent.webhook_id).exists()
    )


def _hear(channel: Channel, sent: Sent, us: Us, now: dt.datetime) -> Message | None:
    content = text_of(sent, us)
    if not content:  # without the intent for it, the gateway leaves out what people write
        return None
    if not people.agrees(sent.author, sent.at):
        return None
    person = people.know(sent.author)
    if people.is_kept_out(person, now):
        return None
    if channel.community.discord_id is not None and not channel.is_direct:
        people.belong(person, channel.community, sent.author)
    settings = rules.in_force()
    at = min(sent.at, now)
    writing = writing_rules(channel.pk)
    lately, just_now = _said(person, at, settings.spam_window_s, writing.window_s)
    if lately >= settings.spam_messages:
        log.info("%s writes too much in %s: left out.", sent.author.id, sent.place.channel_id)
        return None
    is_fresh = now - at <= dt.timedelta(minutes=settings.fresh_min)
    is_slow = just_now < writing.messages
    if is_fresh:
        hushing.take_out(channel, now)  # as whoever writes in a thread that is archived does
    else:
        _part_talk(channel, at, now)
    is_call = us.user_id in mentioned(sent.content)[0]
    heard = hear_out(
        channel,
        person,
        now,
        said_at=at,
        is_fresh=is_fresh,
        is_waking=is_fresh and is_slow,
        is_called=is_call,
        may_keep=sent.author.is_keeper,
        content=content,
        reply_to=_answered(channel, sent.reply_to),
        discord_message_id=sent.id,
        is_call=is_call,
        has_images=bool(sent.image_urls),
        image_urls=list(sent.image_urls),
    )
    if isinstance(heard, ModerationCase):
        if is_fresh:
            quarantine.tell(heard, now)
        return None
    return heard


def _said(person: Person, at: dt.datetime, seconds: float, window_s: float) -> tuple[int, int]:
    """How many messages a person wrote within `seconds`, and within the window in which they may
    write only so many that each is answered."""
    since, lately = at - dt.timedelta(seconds=seconds), at - dt.timedelta(seconds=window_s)
    found = Message.objects.filter(
        person=person, created_at__gt=min(since, lately), created_at__lte=at
    ).aggregate(
        all=Count("pk", filter=Q(created_at__gt=since)),
        lately=Count("pk", filter=Q(created_at__gt=lately)),
    )
    return found["all"], found["lately"]


def _part_talk(channel: Channel, at: dt.datetime, now: dt.datetime) -> None:
    """What was said long after the rest, and is only heard of now, begins a talk of its own."""
    director = director_rules(channel)
    idle = at - dt.timedelta(minutes=director.idle_close_min)
    stale = Conversation.objects.open().filter(channel=channel, last_message_at__lt=idle).first()
    if stale is not None:
        close_conversation(stale, "idle", now)


def _note_bot(channel: Channel, sent: Sent, us: Us, now: dt.datetime) -> Message | None:
    """Keep what another bot said as a note of the system, whom no character answers."""
    text = text_of(sent, us)
    if not text:
        return None
    at = min(sent.at, now)
    conversation = current_conversation(channel, at, kind=Conversation.Kind.AMBIENT)
    name = person_name(sent.author.display_name or sent.author.username) or "a bot"
    message = append_message(
        conversation,
        at,
        role=Message.Role.SYSTEM,
        content=f"{name}: {text}"[:MAX_CONTENT],
        discord_message_id=sent.id,
    )
    live.publish_message(message, channel.pk)
    return message


def _answered(channel: Channel, discord_id: int | None) -> Message | None:
    key = message_id_of(discord_id)
    return Message.objects.filter(pk=key, conversation__channel=channel).first() if key else None


def text_of(sent: Sent, us: Us) -> str:
    """A message in words, those whom it mentions, or what it carries does, called as they are known
    here. The bot is nobody in the room: that a message begins by calling it is a fact beside its
    words."""
    user_ids, channel_ids = mentioned("\n".join([sent.content, *sent.extras]))
    users = {key: name for key, told in sent.users.items() if (name := people.allowed(told))}
    known = Person.objects.filter(discord_id__in=user_ids) if user_ids else ()
    users |= {person.discord_id or 0: person.name for person in known}
    found = Channel.objects.filter(discord_id__in=channel_ids) if channel_ids else ()
    channels = {channel.discord_id or 0: channel.name for channel in found}

    def words(text: str) -> str:
        return readable(text, users=users, roles=sent.roles, channels=channels)

    said = without_call(sent.content, us.user_id)
    return message_text(words(said), map(words, sent.extras))


# --- what becomes of it ---------------------------------------------------------------------------


def change(
    sent: Sent, us: Us, now: dt.datetime | None = None, *, stands: bool = False
) -> Message | None:
    """A message was edited: the new words stand, the old ones are kept. Returns its row; None when
    nothing is changed. `stands` is that these are its words on Discord now, read there: no event
    that another may have overtaken.

    An edit of a message that isn't known may have overtaken it: then it is taken in as it is now.
    Who isn't heard isn't heard by edits either, nor is what was edited while nobody listened in the
    channel, though the history tells of it. Of who doesn't agree to be heard the message is taken
    away: neither what it said stands nor what it says.
    """
    now = now or timezone.now()
    known = (
        Message.objects.filter(discord_message_id=sent.id)
        .only("pk", "person_id", "edited_at", "deleted_at", "image_urls")
        .first()
    )
    if known is not None and not _is_news(known, sent, stands=stands):
        return None
    if sent.edited_at is not None and not _is_from_nobody(sent):
        if not people.agrees(sent.author, sent.edited_at):
            remove([sent.id], now)
            return None
        person = Person.objects.filter(discord_id=sent.author.id).first()
        if person is not None and people.is_kept_out(person, now):
            return None
    if known is None:
        return _change_unknown(sent, us, now)
    content = text_of(sent, us)
    if not content or sent.edited_at is None:
        return None
    with transaction.atomic():
        channel = places.hold(sent.place.channel_id)
        if channel is None or (channel.picked_at and sent.edited_at < channel.picked_at):
            return None
        try:
            message = quarantine.take_edit(known.pk, content, sent.edited_at, MAX_CONTENT)
        except Refused:
            return None
        if message is None:
            return None
        if known.image_urls != list(sent.image_urls):
            message.image_urls, message.has_images = list(sent.image_urls), bool(sent.image_urls)
            message.save(update_fields=["image_urls", "has_images"])
    return message


def _is_news(known: Message, sent: Sent, *, stands: bool) -> bool:
    """Whether a person has edited a message that stands, later than is known."""
    if known.person_id is None or known.deleted_at is not None:
        return False
    if sent.edited_at is None:  # a link got its preview, or the like
        return False
    return stands or known.edited_at is None or sent.edited_at > known.edited_at


def _change_unknown(sent: Sent, us: Us, now: dt.datetime) -> Message | None:
    """What was edited waits for moderation, was refused by it, or is yet to come."""
    channel = places.listened(sent.place.channel_id)
    if channel is None:
        return None
    text = text_of(sent, us)
    with transaction.atomic():
        if sent.edited_at is not None and quarantine.says_otherwise(sent.id, text):
            return receive(replace(sent, at=sent.edited_at), us, now)
    if quarantine.reword(sent.id, text):
        return None
    if sent.id > places.mark_of(channel):
        return receive(sent, us, now)
    earlier = _edited.get(sent.id)
    is_late = (
        earlier and earlier.edited_at and sent.edited_at and earlier.edited_at > sent.edited_at
    )
    if sent.at > timezone.now() - CROSSING and not is_late:
        _edited[sent.id] = sent
        if len(_edited) > REMEMBERED_EDITS:
            _edited.popitem(last=False)
    return None


def remove(discord_ids: Iterable[int], now: dt.datetime | None = None) -> int:
    """Messages were deleted on Discord: they are taken from everybody's eyes and minds; of a long
    one of a character's, which is several there, all of it. Returns how many of them were known."""
    removed, deleted = 0, sorted(discord_ids)
    for discord_id in deleted:
        _deleted[discord_id] = None
        if len(_deleted) > REMEMBERED_DELETIONS:
            _deleted.popitem(last=False)
        for pk in parts.messages_of(discord_id):
            try:
                corrections.remove_message(pk, now)
            except Refused:  # somebody else was quicker
                continue
            removed += 1
    return removed + quarantine.withdraw(deleted, now or timezone.now())
