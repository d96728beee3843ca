"""A room at one moment, read from the database at once and frozen: the numbers that the director
decides on. Only reads, and few statements, since it runs for every message."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from characters.models import Character
from conversations.care import care, care_rules
from conversations.floor.addressing import addressed_names, mentions_other
from conversations.floor.lines import Decided, Said
from conversations.floor.pace import slowed_for
from conversations.floor.residents import Resident, asking_residents
from conversations.floor.rules import is_refused, pace_rules
from conversations.floor.turntaking import Candidate, Floor, Trigger
from conversations.models import Channel, Conversation, Participant, Turn
from conversations.wishes.hushing import is_hushed
from fishbowl.llm.questions import is_question
from fishbowl.statements import Statement, together
from memories.embedding.embedding import active_model_id

RECENT = 24
NEWCOMER_S = 90
COMPANY_MIN = 10  # since their last message, for which people are taken to talk with one another
SOUGHT = 0.7  # how a goal pulls toward somebody it seeks


def pace_of(channel: Channel, conversation: Conversation | None, now: dt.datetime) -> str:
    """The pace in force: a channel of this deployment's own rests while nobody watches it. Who
    asked for a scene is there to read it, and it wants to get somewhere."""
    if conversation is not None and conversation.kind == Conversation.Kind.SCENE:
        return str(Channel.Pace.LIVELY)
    if channel.discord_id is None and (
        channel.watched_until is None or channel.watched_until < now
    ):
        return str(Channel.Pace.CALM)
    return channel.pace


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
        .order_by("joined_at", "pk")
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
    event_move: str = "open",
    answered_by: Collection[int | None] = (),
    is_owed: bool = False,
) -> Floor:
    """What the director knows of a channel now. `lines` are those of the open conversation, oldest
    first; `decided` its latest turns, newest first. Who of several asked by name has answered
    already is in `answered_by`."""
    is_scene = conversation is not None and conversation.kind == Conversation.Kind.SCENE
    pace_name = pace_of(channel, conversation, now)
    pace = pace_rules(channel, pace_name)
    last = lines[-1] if lines else None
    found, (near,), (from_people,) = together(
        asking_residents(channel, last, pace, now),
        asking_nearest_before(last.id if last else None),
        _asking_people(channel, now),
    )
    residents = Resident.of(found)
    mode = Channel.Mode.MUTED if is_refused(channel) else channel.mode
    if is_scene:
        players = _players(conversation)
        residents = [r for r in residents if r.pk in players]
        mode = mode if mode == Channel.Mode.MUTED else Channel.Mode.LIVE
    if is_hushed(channel, now) and not is_owed:
        mode = _hushed(mode, last)
    if event_for is not None and not is_owed:
        residents = [r for r in residents if r.pk == event_for] or residents
    if trigger != "person":  # who is asked by a person waits with the answer, and gives it
        residents = [r for r in residents if not slowed(channel, lines, r.pk, now)]
    people = {line.author for line in lines if line.person_id}
    text = last.text if last else ""
    asks = text.rstrip().endswith("?") or bool(last and last.person_id and is_question(text))
    endangered = care.in_danger(lines, now, care_rules.in_force(channel.community_id, channel.pk))
    partner = _partner(lines)
    is_direct = conversation is not None and conversation.kind == Conversation.Kind.DIRECT
    addressed = _addressed([r.character for r in residents], last, partner, is_direct=is_direct)
    addressed = addressed.difference(answered_by)
    long_words = {w for w in text.lower().split() if len(w) > 4 and w.isalpha()}
    shares = Counter(line.character_id for line in lines if line.character_id)
    turns = sum(shares.values())
    reacted = {
        d.chosen_id
        for d in decided
        if last and d.action == Turn.Action.REACT and d.answers_id == last.id
    }
    # Who comes in is greeted, and so answers nobody: by the last who spoke, where no other could.
    alone = trigger == "newcomer" and not any(
        r.character.is_awake(now) and not r.is_elsewhere
        for r in residents
        if last is None or r.pk != last.character_id
    )
    candidates = tuple(
        Candidate(
            id=r.pk,
            name=r.character.name,
            relevance=min(1.0, max(0.0, 1.6 * (r.nearness or 0.0))),
            relationship=0.3 if r.bond is None else r.bond,
            talkativeness=r.character.talkativeness,
            energy=r.energy,
            battery=r.battery(now, pace),
            silent_for_s=r.silent_for_s(now),
            goal_pull=min(
                1.0, sum(word in r.wants for word in long_words) / 3 + SOUGHT * r.seeks_last
            ),
            curiosity=r.openness * (1.0 if asks else 0.3),
            airtime_debt=(
                1 / max(len(shares), 2) - shares[r.pk] / turns if turns and r.pk in shares else 0.0
            ),
            posts_today=r.posts_today,
            is_awake=r.character.is_awake(now),
            is_addressed=r.pk in addressed,
            is_partner=r.pk == partner,
            is_last_speaker=bool(last and last.character_id == r.pk) and not alone,
            is_present=r.pk in shares,
            is_elsewhere=r.is_elsewhere,
            rests_from_last=r.rests_from_last and r.pk not in shares,
            has_reacted=r.pk in reacted,
            steadiness=1 - r.neuroticism,
            is_known=r.knows_last and partner is None,
            has_left=r.has_left,
        )
        for r in residents
    )
    return Floor(
        trigger=trigger,
        mode=mode,
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
        is_question=asks,
        repetition=float(near[0] or 0.0) if last and last.character_id else 0.0,
        repetition_streak=sum(line.move == "change_topic" for line in lines),
        people_messages_30min=from_people[0],
        event_for=event_for,
        event_move=event_move,
        is_owed=is_owed,
        in_danger=bool(last and last.person_id in endangered),
        is_hushed=bool(endangered),
        candidates=candidates,
    )


def slowed(channel: Channel, lines: Sequence[Said], character_id: int, now: dt.datetime) -> float:
    """Seconds until a character may speak again in a channel, by its slow mode."""
    if not channel.slow_mode_s:
        return 0.0
    spoke = (line.at for line in reversed(lines) if line.character_id == character_id)
    return slowed_for(next(spoke, None), channel.slow_mode_s, now)


def _hushed(mode: str, last: Said | None) -> str:
    """How free characters are while quiet is wanted: a person who addresses one is answered."""
    if mode == Channel.Mode.MUTED or last is None or not last.person_id:
        return Channel.Mode.MUTED
    return Channel.Mode.QUIET


def _players(conversation: Conversation | None) -> set[int | None]:
    """The characters whom a scene was begun with."""
    parts = Participant.objects.filter(conversation=conversation, character__isnull=False)
    return set(parts.values_list("character_id", flat=True))


def _addressed(
    characters: Sequence[Character], last: Said | None, partner: int | None, *, is_direct: bool
) -> set[int]:
    """The characters that the last line speaks to: by name, by replying, or by asking on. What a
    person says in private, or to whoever is here, is said to the one it talked with, else to all.
    """
    if last is None:
        return set()
    by_name = {c.name: c.pk for c in characters}
    found = {by_name[name] for name in addressed_names(last.text, by_name)}
    if last.answers_character_id:
        found.add(last.answers_character_id)
    asks = "?" in last.text or is_question(last.text)
    if last.person_id and not found and partner is not None and asks:
        found.add(partner)
    if last.person_id and not found and (is_direct or last.is_call):
        known = set(by_name.values())
        found = known & {partner} or known
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


# The greatest cosine similarity of a message to the 20 before it in its conversation; null when it
# is the first, or has no vector in the active space yet.
_NEAREST_BEFORE = """
    SELECT max(1 - (a.embedding <=> b.embedding))
    FROM conversations_message a JOIN conversations_message b
      ON b.conversation_id = a.conversation_id
     AND b.number < a.number AND b.number >= a.number - 20
     AND b.embedding_model_id = a.embedding_model_id
    WHERE a.id = %s AND a.embedding_model_id = %s
"""


def asking_nearest_before(message_id: int | None) -> Statement:
    """The statement for how near a message comes to what was said before it: one row, one value."""
    return _NEAREST_BEFORE, (message_id, active_model_id())


def _asking_people(channel: Channel, now: dt.datetime) -> Statement:
    """The statement for how many messages of people the last half hour brought here: none where
    one is alone with the characters, however much that one says, and whoever was here before."""
    since = now - dt.timedelta(minutes=30)
    lately = now - dt.timedelta(minutes=COMPANY_MIN)
    return (
        """
        WITH spoke AS (
          SELECT person_id, count(*) AS messages, min(created_at) FILTER (WHERE created_at > %s)
            AS came, max(created_at) AS went
          FROM conversations_message
          WHERE person_id IS NOT NULL AND created_at > %s AND conversation_id IN (
            SELECT id FROM conversations_conversation
            WHERE channel_id = %s AND (closed_at IS NULL OR closed_at > %s))
          GROUP BY person_id
        )
        SELECT CASE WHEN EXISTS (
          SELECT 1 FROM spoke one JOIN spoke other ON one.person_id < other.person_id
          WHERE one.came <= other.went AND other.came <= one.went
        ) THEN (SELECT sum(messages)::int FROM spoke) ELSE 0 END
        """,
        (lately, since, channel.pk, since),
    )
