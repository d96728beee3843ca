"""A room at one moment, read from the database at once and frozen: the numbers that the director
decides on. Only reads, and few statements, since it runs for every message."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import Exists, OuterRef

from characters.models import Character, Goal, Relationship
from conversations.addressing import addressed_names, mentions_other
from conversations.lines import UNDER_WAY, Decided, Said
from conversations.models import Channel, Conversation, Participant, Turn
from conversations.pace import PACES
from conversations.turntaking import Candidate, Floor, Trigger
from memories.embedding import active_model_id

RECENT = 24
ELSEWHERE_S = 60
NEWCOMER_S = 90


def pace_of(channel: Channel, now: dt.datetime) -> str:
    """The pace in force: a channel of this deployment's own rests while nobody watches it."""
    if channel.discord_id is None and (
        channel.watched_until is None or channel.watched_until < now
    ):
        return str(Channel.Pace.CALM)
    return channel.pace


def residents(channel: Channel) -> list[Character]:
    """The active characters who frequent a channel, with what a decision needs of them loaded."""
    through = Channel.residents.through.objects.filter(channel=channel)
    everybody = list(
        Character.objects.active()
        .select_related("state", "persona")
        .only(
            "name",
            "talkativeness",
            "timezone",
            "active_hours_start",
            "active_hours_end",
            "persona__openness",
            "state__energy",
            "state__social_battery",
            "state__battery_at",
            "state__last_spoke_at",
        )
        .annotate(
            is_resident=Exists(through.filter(character=OuterRef("pk"))),
            wants=ArraySubquery(
                Goal.objects.filter(character=OuterRef("pk"), status=Goal.Status.ACTIVE).values(
                    "description"
                )
            ),
        )
        .order_by("pk")
    )
    chosen = [c for c in everybody if c.is_resident]  # type: ignore[attr-defined]
    return chosen or ([] if through.exists() else everybody)


def newcomer(
    conversation: Conversation, decided: Sequence[Decided], now: dt.datetime
) -> Participant | None:
    """A person who came in just now, has said nothing and was not yet noticed."""
    if conversation.kind == Conversation.Kind.AMBIENT:
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
    if arrived is None or any(
        d.trigger == "newcomer" and d.decided_at >= arrived.joined_at for d in decided
    ):
        return None
    return arrived


def load_floor(
    channel: Channel,
    conversation: Conversation | None,
    trigger: Trigger,
    now: dt.datetime,
    *,
    lines: Sequence[Said] = (),
    decided: Sequence[Decided] = (),
    event_for: int | None = None,
) -> Floor:
    """What the director knows of a channel now. `lines` are those of the open conversation, oldest
    first; `decided` its latest turns, newest first."""
    pace_name = pace_of(channel, now)
    characters = residents(channel)
    if event_for is not None:
        characters = [c for c in characters if c.pk == event_for] or characters
    last = lines[-1] if lines else None
    people = {line.author for line in lines if line.person_id}
    text = last.text if last else ""
    partner = _partner(lines)
    addressed = _addressed(characters, last, partner)
    relevance, repetition = _nearness(characters, last)
    bonds = _bonds(characters, last)
    today = _Today.of(channel, now)
    elsewhere = today.elsewhere | _about_to_speak_elsewhere(channel)
    resting = _resting(channel, last, PACES[pace_name].pair_rest_min, now)
    long_words = {w for w in text.lower().split() if len(w) > 4 and w.isalpha()}
    shares = Counter(line.character_id for line in lines if line.character_id)
    turns = sum(shares.values())
    reacted = {
        d.chosen_id
        for d in decided
        if last and d.action == Turn.Action.REACT and d.answers_id == last.id
    }
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
                1 / max(len(shares), 2) - shares[c.pk] / turns if turns and c.pk in shares else 0.0
            ),
            posts_today=today.spoken.get(c.pk, 0),
            is_awake=c.is_awake(now),
            is_addressed=c.pk in addressed,
            is_partner=c.pk == partner,
            is_last_speaker=bool(last and last.character_id == c.pk),
            is_present=c.pk in shares,
            is_elsewhere=c.pk in elsewhere,
            rests_from_last=c.pk in resting and c.pk not in shares,
            has_reacted=c.pk in reacted,
        )
        for c in characters
    )
    return Floor(
        trigger=trigger,
        mode=channel.mode,
        pace=pace_name,
        is_open=conversation is not None,
        energy=conversation.context.energy_level if conversation else 0.8,
        chain_length=conversation.chain_length if conversation else 0,
        quiet_looks=sum(
            d.status == Turn.Status.SILENT and (last is None or d.decided_at > last.at)
            for d in decided
        ),
        has_people=bool(people),
        last_kind="" if last is None else "person" if last.person_id else "character",
        last_move=last.move if last else "",
        last_words=len(text.split()),
        talks_to_other=_talks_to_person(last, people),
        is_question=text.rstrip().endswith("?"),
        repetition=repetition if last and last.character_id else 0.0,
        repetition_streak=sum(line.move == "change_topic" for line in lines),
        people_messages_30min=today.people_messages,
        event_for=event_for,
        candidates=candidates,
    )


def battery_now(character: Character, now: dt.datetime, pace_name: str) -> float:
    """The social battery, with what has come back since it was last written."""
    state = character.state
    minutes = max(0.0, (now - state.battery_at).total_seconds() / 60)
    return float(min(1.0, state.social_battery + minutes * PACES[pace_name].battery_per_min))


def _addressed(characters: Sequence[Character], last: Said | None, partner: int | None) -> set[int]:
    """The characters that the last line speaks to: by name, by replying, or by asking on."""
    if last is None:
        return set()
    by_name = {c.name: c.pk for c in characters}
    found = {by_name[name] for name in addressed_names(last.text, by_name)}
    if last.answers_character_id:
        found.add(last.answers_character_id)
    if last.person_id and not found and partner is not None and "?" in last.text:
        found.add(partner)
    return found - {last.character_id}


def _partner(lines: Sequence[Said]) -> int | None:
    """The character whom the last speaker was answering: the one who spoke before it."""
    if not lines:
        return None
    before = next((line for line in reversed(lines) if line.speaker != lines[-1].speaker), None)
    return before.character_id if before else None


def _talks_to_person(last: Said | None, people: Iterable[str]) -> bool:
    """Whether a person plainly speaks to another person."""
    if last is None or not last.person_id:
        return False
    if last.answers_person_id and last.answers_person_id != last.person_id:
        return True
    return mentions_other(last.text, [name for name in people if name != last.author])


def _nearness(characters: Sequence[Character], last: Said | None) -> tuple[dict[int, float], float]:
    """How near the last line lies to each character's interests (weighted cosine, scaled to
    0.0–1.0), and to the nearest of the 20 lines before it."""
    if last is None:
        return {}, 0.0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.character_id, max(i.weight * (1 - (i.embedding <=> m.embedding)))
            FROM conversations_message m JOIN characters_interest i
              ON i.embedding_model_id = m.embedding_model_id
            WHERE m.id = %(id)s AND m.embedding_model_id = %(model)s
              AND i.character_id = ANY(%(characters)s) GROUP BY i.character_id
            UNION ALL
            SELECT NULL, max(1 - (a.embedding <=> b.embedding))
            FROM conversations_message a JOIN conversations_message b
              ON b.conversation_id = a.conversation_id
             AND b.number < a.number AND b.number >= a.number - 20
             AND b.embedding_model_id = a.embedding_model_id
            WHERE a.id = %(id)s AND a.embedding_model_id = %(model)s
            """,
            {
                "id": last.id,
                "model": active_model_id(),
                "characters": [c.pk for c in characters],
            },
        )
        found = dict(cursor.fetchall())
    repetition = float(found.pop(None, None) or 0.0)
    return {pk: min(1.0, max(0.0, 1.6 * (near or 0.0))) for pk, near in found.items()}, repetition


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


def _bonds(characters: Sequence[Character], last: Said | None) -> dict[int, float]:
    if last is None:
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


@dataclass(frozen=True, slots=True)
class _Today:
    """What the last 24 hours' messages say: who spoke how often, who talks in another room right
    now, and how much people write here."""

    spoken: dict[int, int]
    elsewhere: set[int]
    people_messages: int

    @classmethod
    def of(cls, channel: Channel, now: dt.datetime) -> _Today:
        with connection.cursor() as cursor:
            cursor.execute(
                """
                SELECT m.character_id, count(*),
                  count(*) FILTER (WHERE m.created_at > %(just_now)s AND c.status = 'open'
                    AND c.channel_id <> %(channel)s AND h.community_id = %(community)s),
                  count(*) FILTER (WHERE m.person_id IS NOT NULL AND c.channel_id = %(channel)s
                    AND m.created_at > %(half_hour)s)
                FROM conversations_message m
                JOIN conversations_conversation c ON c.id = m.conversation_id
                JOIN conversations_channel h ON h.id = c.channel_id
                WHERE m.created_at > %(day)s GROUP BY m.character_id
                """,
                {
                    "channel": channel.pk,
                    "community": channel.community_id,
                    "just_now": now - dt.timedelta(seconds=ELSEWHERE_S),
                    "half_hour": now - dt.timedelta(minutes=30),
                    "day": now - dt.timedelta(hours=24),
                },
            )
            rows = cursor.fetchall()
        return cls(
            spoken={row[0]: row[1] for row in rows if row[0] is not None},
            elsewhere={row[0] for row in rows if row[0] is not None and row[2]},
            people_messages=sum(row[3] for row in rows),
        )


def _about_to_speak_elsewhere(channel: Channel) -> set[int]:
    """Characters with a turn under way in another room: nobody is in two places."""
    planned = (
        Turn.objects.filter(
            status__in=UNDER_WAY, conversation__channel__community=channel.community_id
        )
        .exclude(conversation__channel=channel)
        .values_list("chosen_id", flat=True)
    )
    return {pk for pk in planned if pk is not None}


def _resting(channel: Channel, last: Said | None, rest_min: float, now: dt.datetime) -> set[int]:
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


def _goal_pull(character: Character, words: set[str]) -> float:
    """How far what was just said touches what the character wants to reach, 0.0–1.0."""
    goals = " ".join(character.wants).lower()  # type: ignore[attr-defined]
    return min(1.0, sum(word in goals for word in words) / 3)
