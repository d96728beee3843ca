"""What the tank shows, read from the rows: the page renders it and the websocket sends it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Character
from conversations.models import Channel, Conversation, Message, Participant, Reaction, Turn
from conversations.tank import live

LATEST = 50
HELD = 400  # messages of a room that a page keeps (room.js)
CHUNK = 100
CONVERSATIONS = 25
TYPING_FOR = dt.timedelta(minutes=2)


def rooms(*, for_adults: bool = False) -> QuerySet[Channel]:
    """The channels that may be watched here: this deployment's own, but for private ones, and, but
    `for_adults`, for those that are age-restricted. Nobody is asked their age here, so that only
    staff pass for adults."""
    found = Channel.objects.filter(
        discord_id__isnull=True, community__discord_id__isnull=True, is_private=False
    ).order_by("pk")
    return found if for_adults else found.filter(is_nsfw=False)


def cast(*, for_adults: bool = False) -> QuerySet[Character]:
    """The characters to show, with what they feel; those for adults only `for_adults`."""
    found = (
        Character.objects.exclude(status=Character.Status.ARCHIVED)
        .filter(is_template=False)
        .select_related("state")
        .defer("card", "system_note")
        .order_by("name")
    )
    return found if for_adults else found.filter(is_adult=False)


# Lines of a room that is open now, said while it was for adults: no page shows them.
BEFORE_IT_OPENED = Q(conversation__is_adult=True, conversation__channel__is_nsfw=False)


def _messages(channel_id: int) -> QuerySet[Message]:
    return (
        Message.objects.filter(conversation__channel_id=channel_id)
        .exclude(BEFORE_IT_OPENED)
        .select_related(
            "character", "person", "conversation", "reply_to__character", "reply_to__person"
        )
        .defer(
            "embedding",
            "search",
            "reply_to__embedding",
            "reply_to__search",
            "character__card",
            "reply_to__character__card",
        )
    )


def latest_messages(channel_id: int, before: int | None = None) -> list[Message]:
    """The last messages of a room, oldest first; those before message `before`, if it is given."""
    found = _messages(channel_id)
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-pk")[:LATEST])[::-1]


def messages_after(channel_id: int, seen: int) -> tuple[list[Message], bool]:
    """What was said in a room since message `seen`, oldest first, and whether there is more.

    Ids of one room come in the order of commits: whoever speaks holds the channel's lock.
    """
    found = list(_messages(channel_id).filter(pk__gt=seen).order_by("pk")[: CHUNK + 1])
    return found[:CHUNK], len(found) > CHUNK


def changes(channel_id: int) -> list[dict[str, Any]]:
    """What has been edited or removed of the messages that a page may still show, oldest first."""
    held = _messages(channel_id).order_by("-pk")
    changed = Message.objects.filter(
        Q(edited_at__isnull=False) | Q(deleted_at__isnull=False), pk__in=held.values("pk")[:HELD]
    )
    rows = changed.only("content", "edited_at", "deleted_at").order_by("pk")
    return [live.change_facts(message) for message in rows]


def reactions_to(message_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The emoji under each of these messages, with who put them there."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    rows = (
        Reaction.objects.filter(message_id__in=message_ids, removed_at__isnull=True)
        .select_related("character", "person")
        .defer("character__card")
        .order_by("pk")
    )
    for row in rows:
        who = row.character or row.person
        found[row.message_id].append(
            {
                "emoji": row.emoji,
                "name": who.name if who else "",
                "slug": row.character.slug if row.character else "",
                "person": row.person_id,
            }
        )
    return dict(found)


def chips(reactions: Iterable[dict[str, Any]], person_id: int | None) -> list[dict[str, Any]]:
    """Reactions gathered by emoji, for the page."""
    gathered: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in reactions:
        gathered[one["emoji"]].append(one)
    return [
        {
            "emoji": emoji,
            "who": ", ".join(one["name"] for one in those),
            "count": len(those),
            "mine": person_id is not None and any(one["person"] == person_id for one in those),
        }
        for emoji, those in gathered.items()
    ]


def states(channel_ids: Sequence[int], now: dt.datetime | None = None) -> dict[int, dict[str, Any]]:
    """How each room stands besides what was said: who types, who has part in the talk, which talks
    have ended. Three queries, however many rooms."""
    now = now or timezone.now()
    found: dict[int, dict[str, Any]] = {
        pk: {"typing": [], "closed": {}, "topic": "", "talking": [], "people": []}
        for pk in channel_ids
    }
    talks = Conversation.objects.filter(channel_id__in=channel_ids).order_by("-started_at")
    for talk in talks.defer("summary")[: CONVERSATIONS * len(channel_ids)]:
        state = found[talk.channel_id]
        if talk.status == Conversation.Status.CLOSED:
            state["closed"][talk.pk] = talk.close_reason
        elif talk.status == Conversation.Status.OPEN:
            state["topic"] = talk.topic
    part = Participant.objects.filter(
        conversation__channel_id__in=channel_ids,
        conversation__status=Conversation.Status.OPEN,
        left_at__isnull=True,
    ).select_related("character", "person", "conversation")
    for one in part.defer("character__card").order_by("joined_at"):
        state = found[one.conversation.channel_id]
        if one.character is not None:
            state["talking"].append(one.character.slug)
        elif one.person is not None:
            state["people"].append({"id": one.person_id, "name": one.person.name})
    under_way = Turn.objects.filter(
        conversation__channel_id__in=channel_ids,
        status=Turn.Status.SPEAKING,
        action=Turn.Action.SPEAK,
        claimed_at__gt=now - TYPING_FOR,
    )
    for pk, channel_id, slug, name in under_way.values_list(
        "pk", "conversation__channel_id", "chosen__slug", "chosen__name"
    ):
        found[channel_id]["typing"].append({"turn": pk, "slug": slug, "name": name})
    return found


def rest_of(one: Character, now: dt.datetime) -> tuple[str, dt.datetime | None]:
    """Why somebody says nothing, and until when, if that is known; empty where nothing keeps them
    from it."""
    if one.status == Character.Status.PAUSED:
        return "resting", None
    return ("", None) if one.is_awake(now) else ("asleep", one.wakes_at(now))


_STANDING = (
    "slug", "name", "status", "timezone", "active_hours_start", "active_hours_end",
    "state__mood_label",
)  # fmt: skip


def catch_up(
    wanted: Sequence[tuple[int, int]], *, for_adults: bool = False, now: dt.datetime | None = None
) -> list[dict[str, Any]]:
    """What a browser has missed in each room that it may watch: messages, and how things stand.

    A browser that has seen nothing (0) gets the latest.
    """
    now = now or timezone.now()
    found_rooms = rooms(for_adults=for_adults).filter(pk__in=[pk for pk, _ in wanted])
    allowed = dict(found_rooms.values_list("pk", "is_paused"))
    is_society_paused = configuration.is_society_paused()
    wanted = [(pk, seen) for pk, seen in wanted if pk in allowed]
    standing = states([pk for pk, _ in wanted], now)
    residents = list(cast(for_adults=for_adults).only(*_STANDING))
    resting = {one.slug: rest_of(one, now) for one in residents}
    feelings = {one.slug: one.state.mood_label for one in residents if hasattr(one, "state")}
    found = []
    for pk, seen in wanted:
        messages, more = messages_after(pk, seen) if seen else (latest_messages(pk), False)
        recent = list(_messages(pk).order_by("-pk").values_list("pk", flat=True)[:LATEST])
        reactions = reactions_to(recent)
        found.append(
            {
                "channel": pk,
                "messages": [live.message_facts(message) for message in messages],
                "more": more,
                "changes": changes(pk) if seen else [],
                "is_paused": allowed[pk],
                "is_society_paused": is_society_paused,
                "reactions": {pk: reactions.get(pk, []) for pk in recent},
                "moods": feelings,
                "resting": {
                    slug: {"rest": rest, "until": until.isoformat() if until else None}
                    for slug, (rest, until) in resting.items()
                    if rest
                },
                **standing[pk],
            }
        )
    return found
