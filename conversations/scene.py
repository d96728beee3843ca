"""A room at one moment, read from the database at once and frozen.

`load_floor` gives the numbers that the director decides on; `load_brief` gives what the chosen
speaker has before its mind. Both only read.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Count, Q

from characters.models import Character, Person, Relationship
from conversations.addressing import addressed_names, is_addressed, mentions_other
from conversations.models import (
    Channel,
    Conversation,
    Message,
    Participant,
    Reaction,
    Turn,
)
from conversations.turntaking import PACES, Candidate, Floor, Trigger
from fishbowl.llm.types import Brief, Line, Listener, Move, Recollection, Voice
from memories.embedding import active_model_id

RECENT = 24
ROOM_LINES = 50
ELSEWHERE_S = 120
NEWCOMER_S = 90


def pace_of(channel: Channel, now: dt.datetime) -> str:
    """The pace in force: a channel of this deployment's own rests while nobody watches it."""
    if channel.discord_id is None and (
        channel.watched_until is None or channel.watched_until < now
    ):
        return str(Channel.Pace.CALM)
    return channel.pace


def recent_messages(channel_id: int, limit: int) -> list[Message]:
    """The latest messages of a channel across its conversations, oldest first."""
    latest = (
        Message.objects.filter(conversation__channel_id=channel_id, deleted_at__isnull=True)
        .exclude(role=Message.Role.SYSTEM)
        .select_related("character", "person", "turn", "reply_to")
        .defer("embedding", "search", "turn__floor", "turn__scores", "turn__prompt_parts")
        .order_by("-pk")[:limit]
    )
    return list(latest)[::-1]


def residents(channel: Channel) -> list[Character]:
    """The active characters who frequent a channel, with state and persona loaded."""
    active = Character.objects.active().select_related("state", "persona").prefetch_related("goals")
    chosen = list(active.filter(channels=channel))
    return chosen or ([] if channel.residents.exists() else list(active))


def newcomer(conversation: Conversation | None, now: dt.datetime) -> Participant | None:
    """A person who came in just now, has said nothing and was not yet noticed."""
    if conversation is None:
        return None
    arrived = (
        Participant.objects.filter(
            conversation=conversation,
            person__isnull=False,
            message_count=0,
            left_at__isnull=True,
            joined_at__gt=now - dt.timedelta(seconds=NEWCOMER_S),
        )
        .select_related("person")
        .order_by("joined_at")
        .last()
    )
    if arrived is None:
        return None
    noticed = Turn.objects.filter(
        conversation=conversation, trigger="newcomer", decided_at__gte=arrived.joined_at
    ).exists()
    return None if noticed else arrived


def load_floor(
    channel: Channel,
    conversation: Conversation | None,
    trigger: Trigger,
    now: dt.datetime,
    *,
    event_for: int | None = None,
) -> Floor:
    """What the director knows of a channel now."""
    pace_name = pace_of(channel, now)
    characters = residents(channel)
    if event_for is not None:
        characters = [c for c in characters if c.pk == event_for] or characters
    if conversation is None:
        messages: list[Message] = []
    else:
        messages = [
            m for m in recent_messages(channel.pk, RECENT) if m.conversation_id == conversation.pk
        ]
    last = messages[-1] if messages else None
    last_name = _author(last) if last else ""
    people = {m.person.name for m in messages if m.person}
    names = [c.name for c in characters]
    text = last.content if last else ""
    addressed = set(addressed_names(text, names)) - {last_name}
    if last and last.reply_to and last.reply_to.character_id:
        addressed |= {c.name for c in characters if c.pk == last.reply_to.character_id}
    partner = _partner(messages)
    if last and last.person_id and not addressed and partner is not None and "?" in text:
        # A person who asks on without a name asks the one who just answered.
        addressed |= {c.name for c in characters if c.pk == partner}
    present = {m.character_id for m in messages if m.character_id}
    relevance = _relevance(last)
    bonds = _bonds(characters, last)
    spoken_today = _spoken_today([c.pk for c in characters], now)
    resting = _resting(channel, last, PACES[pace_name].pair_rest_min, now)
    elsewhere = _elsewhere(channel, now)
    reacted = (
        set(Reaction.objects.filter(message=last).values_list("character_id", flat=True))
        if last
        else set()
    )
    shares = Counter(m.character_id for m in messages if m.character_id)
    turns = sum(shares.values())
    repetition, streak = _repetition(messages)
    long_words = {w for w in text.lower().split() if len(w) > 4 and w.isalpha()}
    candidates = tuple(
        Candidate(
            id=c.pk,
            name=c.name,
            relevance=relevance.get(c.pk, 0.0),
            relationship=bonds.get(c.pk, 0.3),
            talkativeness=c.talkativeness,
            energy=c.state.energy,
            battery=battery_now(c, now, pace_name),
            silent_for_s=(
                min((now - c.state.last_spoke_at).total_seconds(), 86400.0)
                if c.state.last_spoke_at
                else 86400.0
            ),
            goal_pull=_goal_pull(c, long_words),
            curiosity=c.persona.openness * (1.0 if text.rstrip().endswith("?") else 0.3),
            airtime_debt=(
                1 / max(len(present), 2) - shares[c.pk] / turns
                if turns and c.pk in present
                else 0.0
            ),
            posts_today=spoken_today.get(c.pk, 0),
            is_awake=c.is_awake(now),
            is_addressed=c.name in addressed,
            is_partner=c.pk == partner,
            is_last_speaker=bool(last and last.character_id == c.pk),
            is_present=c.pk in present,
            is_elsewhere=c.pk in elsewhere,
            rests_from_last=c.pk in resting and c.pk not in present,
            has_reacted=c.pk in reacted,
        )
        for c in characters
    )
    quiet = _quiet_looks(conversation, last)
    return Floor(
        trigger=trigger,
        mode=channel.mode,
        pace=pace_name,
        is_open=conversation is not None,
        energy=conversation.context.energy_level if conversation else 0.8,
        chain_length=conversation.chain_length if conversation else 0,
        quiet_looks=quiet,
        has_people=bool(people),
        last_kind="" if last is None else "person" if last.person_id else "character",
        last_move=(last.turn.move if last and last.turn else ""),
        last_words=len(text.split()),
        talks_to_other=last is not None and _talks_to_person(last, people),
        is_question=text.rstrip().endswith("?"),
        repetition=repetition,
        repetition_streak=streak,
        people_messages_30min=_people_messages(channel, now),
        event_for=event_for,
        candidates=candidates,
    )


def battery_now(character: Character, now: dt.datetime, pace_name: str) -> float:
    """The social battery, with what has come back since it was last written."""
    state = character.state
    minutes = max(0.0, (now - state.battery_at).total_seconds() / 60)
    return float(min(1.0, state.social_battery + minutes * PACES[pace_name].battery_per_min))


def _author(message: Message) -> str:
    author = message.character or message.person
    return author.name if author else ""


def _partner(messages: Sequence[Message]) -> int | None:
    """The character whom the last speaker was answering: the last one to speak before it."""
    if not messages:
        return None
    last = messages[-1]
    for message in reversed(messages[:-1]):
        if message.character_id and message.character_id != last.character_id:
            return int(message.character_id)
        if message.person_id and message.person_id != last.person_id:
            return None
    return None


def _talks_to_person(last: Message, people: Iterable[str]) -> bool:
    if last.person is None:
        return False
    others = [name for name in people if name != last.person.name]
    if last.reply_to and last.reply_to.person_id and last.reply_to.person_id != last.person_id:
        return True
    return mentions_other(last.content, others)


def _relevance(last: Message | None) -> dict[int, float]:
    """By character: how near the last message lies to its interests (weighted cosine, 0.0–1.0)."""
    if last is None:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.character_id, max(i.weight * (1 - (i.embedding <=> m.embedding)))
            FROM conversations_message m JOIN characters_interest i
              ON i.embedding_model_id = m.embedding_model_id
            WHERE m.id = %s AND m.embedding_model_id = %s
            GROUP BY i.character_id
            """,
            [last.pk, active_model_id()],
        )
        return {row[0]: min(1.0, max(0.0, 1.6 * (row[1] or 0.0))) for row in cursor.fetchall()}


def _repetition(messages: Sequence[Message]) -> tuple[float, int]:
    """How like the last character's message is to the 20 before it, and how often that struck."""
    if not messages or not messages[-1].character_id:
        return 0.0, 0
    turned = sum(1 for m in messages if m.turn and m.turn.move == "change_topic")
    return nearest_before(messages[-1].pk), turned


def nearest_before(message_id: int) -> float:
    """The greatest cosine similarity of a message to the 20 before it in its conversation; 0.0
    when it is the first, or has no vector in the active space yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT max(1 - (a.embedding <=> b.embedding))
            FROM conversations_message a JOIN conversations_message b
              ON b.conversation_id = a.conversation_id
             AND b.number < a.number AND b.number >= a.number - 20
             AND b.embedding_model_id = a.embedding_model_id
            WHERE a.id = %s AND a.embedding_model_id = %s
            """,
            [message_id, active_model_id()],
        )
        row = cursor.fetchone()
    return float((row and row[0]) or 0.0)


def _bonds(characters: Sequence[Character], last: Message | None) -> dict[int, float]:
    if last is None or not (last.character_id or last.person_id):
        return {}
    target = (
        {"to_character_id": last.character_id}
        if last.character_id
        else {"to_person_id": last.person_id}
    )
    rows = Relationship.objects.filter(
        from_character__in=[c.pk for c in characters], **target
    ).values_list("from_character_id", "trust", "affection", "attunement")
    return {row[0]: (row[1] + row[2] + row[3]) / 3 for row in rows}


def _spoken_today(characters: Sequence[int], now: dt.datetime) -> dict[int, int]:
    return dict(
        Message.objects.filter(
            character__in=characters, created_at__gt=now - dt.timedelta(hours=24)
        )
        .order_by()
        .values_list("character")
        .annotate(n=Count("pk"))
    )


def _people_messages(channel: Channel, now: dt.datetime) -> int:
    return Message.objects.filter(
        conversation__channel=channel,
        person__isnull=False,
        created_at__gt=now - dt.timedelta(minutes=30),
    ).count()


def _resting(channel: Channel, last: Message | None, rest_min: float, now: dt.datetime) -> set[int]:
    """Characters who, after an earlier conversation, rest from the one who spoke last."""
    if last is None or not last.character_id:
        return set()
    met = Conversation.objects.filter(
        channel__community=channel.community_id,
        status=Conversation.Status.CLOSED,
        closed_at__gt=now - dt.timedelta(minutes=rest_min),
        participants__character=last.character_id,
    )
    return set(
        Participant.objects.filter(conversation__in=met, character__isnull=False)
        .exclude(character=last.character_id)
        .values_list("character_id", flat=True)
    )


def _elsewhere(channel: Channel, now: dt.datetime) -> set[int]:
    """Characters who are talking in another room of the community: nobody is in two places."""
    since = now - dt.timedelta(seconds=ELSEWHERE_S)
    spoke = (
        Message.objects.filter(
            conversation__status=Conversation.Status.OPEN,
            conversation__channel__community=channel.community_id,
            character__isnull=False,
            created_at__gt=since,
        )
        .exclude(conversation__channel=channel)
        .values_list("character_id", flat=True)
    )
    planned = (
        Turn.objects.filter(
            status__in=[Turn.Status.PLANNED, Turn.Status.SPEAKING],
            conversation__channel__community=channel.community_id,
        )
        .exclude(conversation__channel=channel)
        .values_list("chosen_id", flat=True)
    )
    return {pk for pk in [*spoke, *planned] if pk is not None}


def _quiet_looks(conversation: Conversation | None, last: Message | None) -> int:
    if conversation is None:
        return 0
    looks = Turn.objects.filter(conversation=conversation, status=Turn.Status.SILENT)
    if last is not None:
        looks = looks.filter(decided_at__gt=last.created_at)
    return looks.count()


def _goal_pull(character: Character, words: set[str]) -> float:
    """How far what was just said touches what the character wants to reach, 0.0–1.0."""
    goals = " ".join(g.description.lower() for g in character.goals.all() if g.status == "active")
    return min(1.0, sum(word in goals for word in words) / 3)


# --- what the speaker has before its mind ---------------------------------------------------------


def load_brief(turn: Turn, channel: Channel, now: dt.datetime) -> Brief:
    """Everything the chosen character of `turn` knows as it begins to speak."""
    speaker = turn.chosen
    assert speaker is not None  # noqa: S101 - a constraint holds it
    character = (
        Character.objects.select_related("persona", "style", "state")
        .prefetch_related("interests", "formative_memories", "goals")
        .get(pk=speaker.pk)
    )
    messages = recent_messages(channel.pk, ROOM_LINES)
    current = [m for m in messages if m.conversation_id == turn.conversation_id]
    last = current[-1] if current else None
    persona, style, state = character.persona, character.style, character.state
    arrived = newcomer_of(turn) if turn.trigger == "newcomer" else None
    local = now.astimezone(ZoneInfo(character.timezone))
    return Brief(
        speaker=character.name,
        identity=persona.identity,
        background=persona.background,
        values=tuple(persona.values),
        traits=persona.traits(),
        voice=Voice(
            formality=style.formality,
            verbosity=style.verbosity,
            humour=style.humour,
            emoji_use=style.emoji_use,
            signature_phrases=tuple(style.signature_phrases),
            avoided_phrases=tuple(style.avoided_phrases),
            preferred_words=tuple(style.preferred_words),
        ),
        interests=tuple((i.topic, i.weight) for i in character.interests.all()),
        goals=tuple(g.description for g in character.goals.all() if g.status == "active"),
        mood_valence=state.mood_valence,
        mood_arousal=state.mood_arousal,
        energy=state.energy,
        listeners=_listeners(character, current, arrived),
        memories=_recollections(character, current),
        lines=tuple(_line(m, character.pk, now) for m in messages),
        addressee=(
            arrived.person.name if arrived and arrived.person else _author(last) if last else None
        ),
        is_addressed=bool(last and is_addressed(last.content, character.name)),
        move=_as_move(turn.move),
        room=channel.name,
        room_topic=channel.topic,
        scenario=channel.scenario.premise if channel.scenario else "",
        hour=local.hour,
        seed=turn.random_seed,
        disclosure=persona.disclosure,
        constitution=persona.constitution,
        example_dialogue=persona.example_dialogue,
        system_note=character.system_note,
        material=style.improv,
        spent=dict(character.material_uses.values_list("key", "used_count")),
    )


def newcomer_of(turn: Turn) -> Participant | None:
    """The person whose coming in caused `turn`."""
    return (
        Participant.objects.filter(
            conversation=turn.conversation_id,
            person__isnull=False,
            joined_at__lte=turn.decided_at,
        )
        .select_related("person")
        .order_by("joined_at")
        .last()
    )


def _as_move(move: str) -> Move:
    moves: tuple[Move, ...] = ("join", "open", "change_topic", "greet", "farewell")
    return next((m for m in moves if m == move), "reply")


def _line(message: Message, speaker: int, now: dt.datetime) -> Line:
    return Line(
        number=message.number,
        speaker=_author(message),
        text=message.content,
        seconds_ago=max(0.0, (now - message.created_at).total_seconds()),
        kind="person" if message.person_id else "character" if message.character_id else "system",
        is_own=message.character_id == speaker,
    )


def _listeners(
    character: Character, messages: Sequence[Message], arrived: Participant | None
) -> tuple[Listener, ...]:
    """Who hears it: those who spoke here lately, and the one who came in, as the speaker knows
    them."""
    characters = {m.character for m in messages if m.character and m.character != character}
    people = {m.person for m in messages if m.person}
    if arrived and arrived.person:
        people.add(arrived.person)
    rows = Relationship.objects.filter(from_character=character).filter(
        Q(to_character__in=characters) | Q(to_person__in=people)
    )
    bonds: dict[tuple[bool, int | None], Any] = {
        (r.to_person_id is not None, r.to_person_id or r.to_character_id): r for r in rows
    }
    listeners = []
    present: list[tuple[bool, Character | Person]] = [
        *((False, c) for c in characters),
        *((True, p) for p in people),
    ]
    for is_person, someone in present:
        bond = bonds.get((is_person, someone.pk))
        listeners.append(
            Listener(
                name=someone.name,
                is_person=is_person,
                level=bond.level if bond else "Stranger",
                trust=bond.trust if bond else 0.5,
                affection=bond.affection if bond else 0.4,
                is_new=bool(arrived and is_person and someone.pk == arrived.person_id),
            )
        )
    return tuple(sorted(listeners, key=lambda one: one.name))


def _recollections(character: Character, messages: Sequence[Message]) -> tuple[Recollection, ...]:
    """Formative memories that the last lines call to mind: by trigger word, most hits first."""
    heard = " ".join(m.content.lower() for m in messages[-4:])
    ranked = sorted(
        (
            (sum(t.lower() in heard for t in memory.triggers), memory.pk, memory)
            for memory in character.formative_memories.all()
        ),
        key=lambda row: (-row[0], row[1]),
    )
    return tuple(
        Recollection(memory.content, f"your own, {memory.age_or_date}".rstrip(", "))
        for hits, _, memory in ranked[:2]
        if hits
    )


__all__ = [
    "battery_now",
    "load_brief",
    "load_floor",
    "newcomer",
    "pace_of",
    "recent_messages",
    "residents",
]
