"""A delivery with all that is needed to carry it out, read at once."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import discord
from django.conf import settings

from characters.models import Character, Membership, Person
from conversations.discord.appearance import Quote, Speech, allowed_mentions, contents, username
from conversations.discord.outbound_rules import OutboundRules, in_force
from conversations.models import Channel, Delivery, DeliveryPart, Message, Reaction
from fishbowl.sealing import unseal

LONGEST_AVATAR_URL = 2048


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook of ours."""

    id: int
    token: str


@dataclass(frozen=True, slots=True)
class Room:
    """Where it goes. The webhook is that of the channel which a thread hangs on: `hook_key` and
    `hook_place` are that channel's row and Discord's id of it."""

    key: int
    place: int
    hook_key: int
    hook_place: int
    hook: Hook | None
    is_direct: bool
    trouble: str

    @property
    def thread(self) -> int | None:
        return self.place if self.place != self.hook_place else None


@dataclass(frozen=True, slots=True)
class Part:
    """One of the messages on Discord that a delivery has become, or may have."""

    number: int
    digest: str
    webhook: int | None
    attempted_at: dt.datetime | None
    sent_after: int | None
    discord_id: int | None

    @property
    def is_unsure(self) -> bool:
        return self.discord_id is None and self.attempted_at is not None


@dataclass(frozen=True, slots=True)
class Emoji:
    """A reaction as it shall be: the bot's own stands for those of all characters."""

    emoji: str
    target: int | None
    stands: bool


@dataclass(frozen=True, slots=True)
class Cargo:
    """What a claimed delivery is to bring about. `texts` are the messages that shall stand there:
    none, if it was taken away. `holder` and `asked_at` tell whether it is still ours, and still the
    same, when it is done."""

    delivery: int
    holder: str
    asked_at: dt.datetime
    nonce: uuid.UUID
    attempts: int
    was_sent: bool
    message: int
    room: Room
    texts: list[str]
    parts: Mapping[int, Part]
    by_bot: bool
    is_of_character: bool
    username: str
    fallback_name: str
    avatar_url: str
    mentions: Mapping[str, object]
    emoji: Emoji | None = None

    def nonce_of(self, number: int) -> str:
        """What makes Discord itself refuse to post a part of the bot's a second time."""
        return hashlib.sha256(f"{self.nonce}:{number}".encode()).hexdigest()[:25]


RELATED = (
    "message__character",
    "message__reply_to__character",
    "message__reply_to__person",
    "message__conversation__channel__community",
    "message__conversation__channel__parent",
    "reaction",
)
HEAVY = (
    "message__embedding",
    "message__search",
    "message__reply_to__embedding",
    "message__reply_to__search",
)


def load(delivery_id: int, holder: str) -> Cargo:
    """Read a delivery that was claimed by `holder`."""
    delivery = Delivery.objects.select_related(*RELATED).defer(*HEAVY).get(pk=delivery_id)
    message = delivery.message
    channel = message.conversation.channel
    rules = in_force()
    speaker = message.character
    by_bot = channel.is_direct or speaker is None
    rung = _rung(message, channel, rules)
    is_gone = message.deleted_at is not None or not message.content
    texts = [] if is_gone or delivery.reaction else _texts(message, channel, rules, rung, by_bot)
    fallback = f"Character {speaker.pk}" if speaker else ""
    return Cargo(
        delivery=delivery.pk,
        holder=holder,
        asked_at=delivery.next_attempt_at,
        nonce=delivery.nonce,
        attempts=delivery.attempts,
        was_sent=delivery.sent_at is not None,
        message=message.pk,
        room=room_of(channel),
        texts=texts,
        parts={part.number: _part(part) for part in delivery.parts.all()},
        by_bot=by_bot,
        is_of_character=_is_of_character(delivery),
        username=username(speaker.name, fallback) if speaker else "",
        fallback_name=fallback,
        avatar_url=avatar_url(speaker) if speaker else "",
        mentions=allowed_mentions(texts, rung),
        emoji=_emoji(delivery.reaction, message) if delivery.reaction else None,
    )


def room_of(channel: Channel) -> Room:
    """A channel as a place to send to. Its community and parent are selected with it."""
    owner = channel.parent or channel
    token = unseal(owner.webhook_token, settings.SECRET_KEY)
    return Room(
        key=channel.pk,
        place=channel.discord_id or 0,
        hook_key=owner.pk,
        hook_place=owner.discord_id or 0,
        hook=Hook(owner.webhook_id, token) if owner.webhook_id and token else None,
        is_direct=channel.is_direct,
        trouble=channel.send_trouble,
    )


def _is_of_character(delivery: Delivery) -> bool:
    if delivery.reaction is not None:
        return delivery.reaction.character_id is not None
    return delivery.message.character_id is not None


def digest(text: str) -> str:
    """By which a text is known again, whatever was done to the blanks in it on the way."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()


def avatar_url(character: Character) -> str:
    """Where Discord finds a character's picture; empty if it has none that can be seen from
    there."""
    if character.avatar:
        public = settings.FISHBOWL.public_url
        url = urljoin(f"{public.rstrip('/')}/", character.avatar.url.lstrip("/")) if public else ""
        if url:
            return url
    return character.avatar_url if len(character.avatar_url) <= LONGEST_AVATAR_URL else ""


def _texts(
    message: Message,
    channel: Channel,
    rules: OutboundRules,
    rung: Mapping[str, int],
    by_bot: bool,
) -> list[str]:
    return contents(
        Speech(
            text=message.content,
            name=message.character.name if message.character else "",
            by_bot=by_bot,
            quote=_quote(message, channel, rules),
            rung=rung,
        )
    )


def _quote(message: Message, channel: Channel, rules: OutboundRules) -> Quote | None:
    answered = message.reply_to
    if answered is None or answered.deleted_at is not None or not answered.content:
        return None
    is_next = (answered.conversation_id, answered.number + 1) == (
        message.conversation_id,
        message.number,
    )
    if rules.quotes == "never" or (rules.quotes == "apart" and is_next):
        return None
    author = answered.character or answered.person
    link = ""
    if answered.discord_message_id and channel.discord_id:
        guild = None if channel.is_direct else channel.community.discord_id
        link = discord.MessageReference(
            message_id=answered.discord_message_id,
            channel_id=channel.discord_id,
            guild_id=guild,
        ).jump_url
    return Quote(author.name if author else "", answered.content, link)


def _rung(message: Message, channel: Channel, rules: OutboundRules) -> dict[str, int]:
    """The people whom an @name in the message rings: those of the talk, if the keeper allows."""
    chosen = channel.community.settings.get("mentions", rules.mentions)
    if chosen != "people" or "@" not in message.content or message.character is None:
        return {}
    people = Person.objects.filter(
        participant__conversation=message.conversation_id, discord_id__isnull=False, is_bot=False
    )
    nicknames = dict(
        Membership.objects.filter(community=channel.community, person__in=people).values_list(
            "person_id", "nickname"
        )
    )
    found: dict[str, int] = {}
    for person in people:
        for name in (person.username, person.name, nicknames.get(person.pk, "")):
            if name and person.discord_id:
                found[name] = person.discord_id
    return found


def _part(part: DeliveryPart) -> Part:
    return Part(
        number=part.number,
        digest=part.digest,
        webhook=part.webhook_id,
        attempted_at=part.attempted_at,
        sent_after=part.sent_after,
        discord_id=part.discord_id,
    )


def _emoji(reaction: Reaction, message: Message) -> Emoji:
    stands = Reaction.objects.filter(
        message=message, emoji=reaction.emoji, character__isnull=False, removed_at__isnull=True
    )
    is_there = message.deleted_at is None
    return Emoji(reaction.emoji, message.discord_message_id, is_there and stands.exists())
