"""What the tank shows, read from the rows: the page renders it and the websocket sends it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Exists, F, Q, QuerySet
from django.utils import timezone

from audit.configuration import configuration
from characters.models import Character
from conversations.models import Channel, Conversation, Message, Participant, Reaction, Turn
from conversations.tank import live
from fishbowl.statements import planned

LATEST = 50
AT_ONCE = 8  # rooms that a page shows; of more it names the others
HELD = 400  # messages of a room that a page keeps (room.js)
CHUNK = 100
LOOKED_AT = 200  # lines of a character, among those it said anywhere
CONVERSATIONS = 25  # of a room, the latest
TYPING_FOR = dt.timedelta(minutes=2)


def rooms(*, for_adults: bool = False) -> QuerySet[Channel]:
    """The channels that may be watched here: this deployment's own, but for private ones, and, but
    `for_adults`, for those that are age-restricted. Nobody is asked their age here, so that only
    staff pass for adults."""
    found = Channel.objects.filter(
        discord_id__isnull=True, community__discord_id__isnull=True, is_private=False
    ).order_by("pk")
    return found if for_adults else found.filter(is_nsfw=False)


def at_once(found: Sequence[Channel], wanted: int | None) -> tuple[list[Channel], list[Channel]]:
    """The rooms to show, and those to name. Few are all shown, in their order; of many those where
    something was said last, `wanted` before them."""
    if len(found) <= AT_ONCE:
        return list(found), []
    long_ago = dt.datetime.min.replace(tzinfo=dt.UTC)
    lively = sorted(found, key=lambda one: one.last_message_at or long_ago, reverse=True)
    shown = sorted(lively, key=lambda one: one.pk != wanted)[:AT_ONCE]
    return shown, [one for one in found if one not in shown]


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


def _messages(talks: QuerySet[Conversation]) -> QuerySet[Message]:
    return (
        Message.objects.filter(conversation__in=talks.values("pk"))
        .exclude(character__deleting_since__isnull=False)
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


# As a sum, or a plan may go through all messages there are in their order until it has enough.
_IN_ORDER = F("pk") + 0
_BY_TIME = ((F("created_at") + dt.timedelta(0)).desc(), "-pk")


def _talks(channel_id: int) -> QuerySet[Conversation]:
    """The talks of a room in which something was said, and that are shown."""
    found = Conversation.objects.filter(channel_id=channel_id, message_count__gt=0)
    return found.exclude(is_adult=True, channel__is_nsfw=False)


def _talk_with(channel_id: int, message_id: int) -> int:
    """The talk that a room's message is in; where it is gone, that of the last before it."""
    here = Message.objects.filter(conversation__channel_id=channel_id)
    talks = here.order_by("-pk").values_list("conversation_id", flat=True)
    return talks.filter(pk=message_id).first() or talks.filter(pk__lt=message_id).first() or 0


def _latest(channel_id: int, most: int, before: int | None = None) -> QuerySet[Message]:
    """The messages in which a room's latest `most` are, those before one if it is given; the latest
    first. Talks of a room follow each other, so they are in as many of these. Messages know of no
    room: to find those of one that is silent, all that was said since elsewhere would be read."""
    talks = _talks(channel_id).order_by("-pk")
    if before is None:
        return _messages(talks[:most]).order_by(_IN_ORDER.desc())
    talks = talks.filter(pk__lte=_talk_with(channel_id, before))
    return _messages(talks[:most]).filter(pk__lt=before).order_by(_IN_ORDER.desc())


def _read(messages: QuerySet[Message]) -> list[Message]:
    """Messages, which answer none of a character that is being deleted: it will be gone."""
    found = list(messages)
    for one in found:
        if one.reply_to and one.reply_to.character and one.reply_to.character.deleting_since:
            one.reply_to = None
    return found


def latest_messages(channel_id: int, before: int | None = None) -> list[Message]:
    """The last messages of a room, oldest first; those before message `before`, if it is given."""
    return _read(_latest(channel_id, LATEST, before)[:LATEST])[::-1]


def messages_after(channel_id: int, seen: int) -> tuple[list[Message], bool]:
    """What was said in a room since message `seen`, oldest first, and whether there is more.

    Ids of one room come in the order of commits: whoever speaks holds the channel's lock.
    """
    talks = _talks(channel_id).filter(pk__gte=_talk_with(channel_id, seen)).order_by("pk")
    later = _messages(talks[: CHUNK + 1]).filter(pk__gt=seen).order_by(_IN_ORDER)
    found = _read(later[: CHUNK + 1])
    return found[:CHUNK], len(found) > CHUNK


def changes(channel_id: int) -> list[dict[str, Any]]:
    """What has been edited or removed of the messages that a page may still show, oldest first."""
    held = _latest(channel_id, HELD).values("pk")[:HELD]
    changed = Message.objects.filter(
        Q(edited_at__isnull=False) | Q(deleted_at__isnull=False), pk__in=held
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


def latest_of(character: Character, most: int) -> list[Message]:
    """What a character said last in rooms that anybody may watch, the latest first. Who talks
    elsewhere alone has many lines and none of these: where they aren't among the latest, those of
    the talks here are looked at in which it had part."""
    here = {"conversation__channel__in": rooms().order_by(), "conversation__is_adult": False}
    mine = Message.objects.filter(character=character)
    shown = mine.filter(deleted_at__isnull=True, **here).values("pk")
    lately = mine.order_by("-created_at").values("pk")[:LOOKED_AT]
    latest = shown.filter(pk__in=lately).order_by(*_BY_TIME)
    talks = Participant.objects.filter(character=character, **here).values("conversation")
    older = shown.filter(~Exists(latest[most - 1 : most]), conversation__in=talks)
    return list(
        Message.objects.filter(pk__in=latest[:most].union(older.order_by(*_BY_TIME)[:most]))
        .select_related("conversation__channel")
        .defer("embedding", "search")
        .order_by(*_BY_TIME)[:most]
    )


_LATEST_TALKS = """
    SELECT talk.* FROM unnest(%(rooms)s::bigint[]) AS room (id) CROSS JOIN LATERAL (
      SELECT id, channel_id, status, close_reason, topic FROM conversations_conversation
      WHERE channel_id = room.id ORDER BY id DESC LIMIT %(most)s
    ) talk
"""


def states(channel_ids: Sequence[int], now: dt.datetime | None = None) -> dict[int, dict[str, Any]]:
    """How each room stands besides what was said: who types, who has part in the talk, which talks
    have ended. Three queries, however many rooms."""
    now = now or timezone.now()
    found: dict[int, dict[str, Any]] = {
        pk: {"typing": [], "closed": {}, "topic": "", "talking": [], "people": []}
        for pk in channel_ids
    }
    latest = planned(_LATEST_TALKS, rooms=list(channel_ids), most=CONVERSATIONS)
    for pk, channel_id, status, reason, topic in latest:
        state = found[channel_id]
        if status == Conversation.Status.CLOSED:
            state["closed"][pk] = reason
        elif status == Conversation.Status.OPEN:
            state["topic"] = topic
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
        recent = list(_latest(pk, LATEST).values_list("pk", flat=True)[:LATEST])
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
