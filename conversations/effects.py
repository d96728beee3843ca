"""What saying something does: to the speaker, to a bond, to the conversation. Called inside the
transaction that says it, so that all of it happens or none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from characters import mood, relationship
from characters.models import (
    Character,
    CharacterState,
    MoodChange,
    Persona,
    Relationship,
    RelationshipEvent,
)
from conversations.models import Channel, Message, Turn
from conversations.pace import PACES, Rules, energy_after_character
from conversations.scene import asking_nearest_before
from fishbowl.statements import Row, Statement, inserting, loaded, saving, together

BOND_WEIGHT = {"calm": 1.0, "normal": 0.5, "lively": 0.12}


def after_speaking(
    turn: Turn,
    heard: Message | None,
    message: Message | None,
    pace: str,
    rules: Rules,
    now: dt.datetime,
) -> CharacterState | None:
    """All effects of a turn but the message itself, which is None for a reaction; `heard` is what
    was answered. Writes the turn too. Returns the speaker's state if its mood has another name
    now."""
    speaker, conversation = turn.chosen, turn.conversation
    assert speaker is not None  # noqa: S101 - a constraint holds it
    before = _Before.of(turn, heard, message)
    state = before.state
    label = state.mood_label
    settle(state, before.traits, pace, now)
    if message is not None:
        _tire(state, turn, message, pace)
    writes: list[Statement] = []
    if heard is not None:
        writes += _move_mood(state, heard, before.triggers, conversation.channel, now)
    state.version += 1
    writes.append(saving(state, *STATE_WRITTEN))
    if heard is not None and _meets(speaker, heard):
        writes += _move_bond(before.bond, speaker, heard, message, conversation.channel, pace, now)
    if message is not None:
        writes += _update_conversation(turn, message, before, pace, rules, now)
        writes += _spend_material(speaker.pk, turn.draft_spent, now)
    writes.append(saving(turn, "status", "finished_at", "emoji"))
    together(*writes)
    return state if state.mood_label != label else None


STATE = (
    "id", "character_id", "mood_valence", "mood_arousal", "mood_label", "energy", "social_battery",
    "battery_at", "conversation_count", "message_count", "last_spoke_at", "version",
    "recent_interactions",
)  # fmt: skip
STATE_WRITTEN = (*STATE[2:], "updated_at")
BOND_READ = (
    "id", "trust", "affection", "attunement", "is_locked", "score", "level", "avg_message_length",
    "total_interactions", "positive_interactions", "negative_interactions", "last_interaction_at",
)  # fmt: skip
BOND_WRITTEN = (
    "trust", "affection", "attunement", "score", "level", "avg_message_length",
    "total_interactions", "positive_interactions", "negative_interactions", "last_interaction_at",
    "updated_at",
)  # fmt: skip

_STATE = f"""
    SELECT {", ".join(f"s.{name}" for name in STATE)},
      {", ".join(f"p.{name}" for name in Persona.TRAITS)}
    FROM characters_characterstate s JOIN characters_persona p USING (character_id)
    WHERE s.character_id = %s FOR UPDATE OF s
"""  # noqa: S608 - names of columns
_TRIGGERS = """
    SELECT lower(pattern), intensity, valence, pattern FROM characters_trigger
    WHERE character_id = %s
"""
_BOND = f"""
    SELECT {", ".join(BOND_READ)} FROM characters_relationship
    WHERE from_character_id = %s AND community_id = %s
      AND (to_character_id = %s OR to_person_id = %s) FOR UPDATE
"""  # noqa: S608 - names of columns
# What a message is about: the interest of its speaker that lies nearest to it.
_TOPIC = """
    SELECT i.topic FROM conversations_message m JOIN characters_interest i
      ON i.character_id = m.character_id AND i.embedding_model_id = m.embedding_model_id
    WHERE m.id = %s ORDER BY i.embedding <=> m.embedding LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class _Before:
    """How everything stands that a turn has an effect on, read at once and locked: the state, then
    the bond."""

    state: CharacterState
    traits: dict[str, float]
    triggers: list[Row]
    bond: Relationship | None
    nearest: float  # of what was said before, to what is said now
    topic: str

    @classmethod
    def of(cls, turn: Turn, heard: Message | None, message: Message | None) -> _Before:
        said = message.pk if message else None
        states, triggers, bonds, ((nearest,),), topics = together(
            (_STATE, (turn.chosen_id,)),
            (_TRIGGERS, (turn.chosen_id,)),
            (
                _BOND,
                (
                    turn.chosen_id,
                    turn.conversation.channel.community_id,
                    heard.character_id if heard else None,
                    heard.person_id if heard else None,
                ),
            ),
            asking_nearest_before(said),
            (_TOPIC, (said,)),
        )
        if not states:
            raise CharacterState.DoesNotExist
        (*columns, interactions), traits = states[0][: len(STATE)], states[0][len(STATE) :]
        return cls(
            state=loaded(CharacterState, STATE, (*columns, json.loads(interactions))),
            traits=dict(zip(Persona.TRAITS, traits, strict=True)),
            triggers=triggers,
            bond=loaded(Relationship, BOND_READ, bonds[0]) if bonds else None,
            nearest=float(nearest or 0.0),
            topic=str(topics[0][0]) if topics else "",
        )


def _tire(state: CharacterState, turn: Turn, message: Message, pace: str) -> None:
    """Speaking costs battery and energy, and is remembered."""
    begins = turn.move in ("open", "change_topic")
    cost = PACES[pace].battery_post if begins else PACES[pace].battery_reply
    state.social_battery = max(0.0, state.social_battery - cost)
    state.energy = max(0.0, state.energy - cost / 4)
    state.message_count += 1
    state.conversation_count += turn.move in ("open", "join", "greet")
    # By the message's time, which never runs backwards in a room; called in two rooms at once, it
    # may say the later line's transaction first.
    at = message.created_at
    state.last_spoke_at = max(at, state.last_spoke_at or at)
    where = turn.conversation.channel.name
    said = {"message": message.pk, "channel": where, "at": at.isoformat()}
    state.recent_interactions = sorted(
        [*state.recent_interactions, said], key=lambda one: one["message"]
    )[-10:]


def settle(state: CharacterState, traits: Mapping[str, float], pace: str, now: dt.datetime) -> None:
    """Bring a state up to date: battery and energy come back, the mood returns to its baseline."""
    hours = max(0.0, (now - state.battery_at).total_seconds() / 3600)
    back = hours * 60 * PACES[pace].battery_per_min
    state.social_battery = min(1.0, state.social_battery + back)
    state.energy = min(1.0, state.energy + back / 4)
    rest = mood.baseline(traits)
    state.mood_valence = mood.return_to(state.mood_valence, rest[0], hours)
    state.mood_arousal = mood.return_to(state.mood_arousal, rest[1], hours)
    state.mood_label = mood.label(state.mood_valence, state.mood_arousal)
    state.battery_at = now


def _move_mood(
    state: CharacterState,
    heard: Message,
    triggers: Iterable[Row],
    channel: Channel,
    now: dt.datetime,
) -> list[Statement]:
    """What was heard moves the mood: by its tone, and by what stirs this character in it."""
    text = heard.content.lower()
    valence, arousal = 0.15 * heard.sentiment, 0.08 * abs(heard.sentiment)
    cause = "what was said sounded " + ("warm" if heard.sentiment > 0 else "bitter")
    for pattern, intensity, direction, words in triggers:
        if pattern in text:
            valence += 0.2 * intensity * direction
            arousal += 0.1 * intensity
            cause = f"talk of {words}"
    if abs(valence) < 0.01 and abs(arousal) < 0.01:
        return []
    state.mood_valence, delta_valence = mood.move(state.mood_valence, valence)
    state.mood_arousal, delta_arousal = mood.move(state.mood_arousal, arousal)
    state.mood_label = mood.label(state.mood_valence, state.mood_arousal)
    change = MoodChange(
        character_id=state.character_id,
        community_id=channel.community_id,
        valence=state.mood_valence,
        arousal=state.mood_arousal,
        delta_valence=delta_valence,
        delta_arousal=delta_arousal,
        trigger_type=MoodChange.TriggerType.CONVERSATION,
        trigger_person_id=heard.person_id,
        trigger_message=heard,
        description=cause,
        recorded_at=now,
    )
    return [inserting(change)]


def _meets(speaker: Character, heard: Message) -> bool:
    """Whether what was heard is somebody else's."""
    return bool(heard.person_id or (heard.character_id and heard.character_id != speaker.pk))


def _move_bond(
    bond: Relationship | None,
    speaker: Character,
    heard: Message,
    message: Message | None,
    channel: Channel,
    pace: str,
    now: dt.datetime,
) -> list[Statement]:
    """Answering somebody is an exchange with them; its quality is the tone of what was heard."""
    if bond is None:
        who = {"to_character_id": heard.character_id, "to_person_id": heard.person_id}
        anywhere = Relationship.objects.filter(from_character=speaker, community=None, **who)
        felt = anywhere.values("trust", "affection", "attunement", "score", "level").first()
        bond, _ = Relationship.objects.select_for_update().get_or_create(
            from_character=speaker,
            community_id=channel.community_id,
            **who,
            defaults={"first_interaction_at": now, **(felt or {})},
        )
    quality = relationship.quality_of(heard.sentiment)
    before = relationship.Bond(bond.trust, bond.affection, bond.attunement)
    after = before
    if not bond.is_locked:
        after = relationship.after_exchange(before, quality, BOND_WEIGHT[pace])
        bond.trust, bond.affection, bond.attunement = after.trust, after.affection, after.attunement
        bond.score = relationship.score(after)
        bond.level = relationship.level(bond.score)
    length = len(heard.content)
    bond.avg_message_length += (length - bond.avg_message_length) / (bond.total_interactions + 1)
    bond.total_interactions += 1
    bond.positive_interactions += quality in ("excellent", "good")
    bond.negative_interactions += quality in ("poor", "failed")
    bond.last_interaction_at = now
    event = RelationshipEvent(
        relationship=bond,
        kind=RelationshipEvent.Kind.EXCHANGE if message else RelationshipEvent.Kind.REACTION,
        delta_trust=after.trust - before.trust,
        delta_affection=after.affection - before.affection,
        delta_attunement=after.attunement - before.attunement,
        before={"trust": before.trust, "affection": before.affection},
        after={"trust": after.trust, "affection": after.affection},
        cause=f"an exchange of {quality} quality",
        message=heard,
        occurred_at=now,
    )
    return [saving(bond, *BOND_WRITTEN), inserting(event)]


def _update_conversation(
    turn: Turn, message: Message, before: _Before, pace: str, rules: Rules, now: dt.datetime
) -> list[Statement]:
    conversation, context = turn.conversation, turn.conversation.context
    context.energy_level = energy_after_character(
        context.energy_level, 1 - before.nearest, pace, rules
    )
    context.open_questions = [
        *context.open_questions[-4:],
        *([message.content[:200]] if message.content.rstrip().endswith("?") else []),
    ][-5:]
    conversation.chain_length += 1
    conversation.next_turn_at = now
    if turn.move in ("open", "change_topic") or not conversation.topic:
        conversation.topic = before.topic or conversation.topic
    return [
        saving(context, "energy_level", "open_questions", "last_updated"),
        saving(conversation, "chain_length", "next_turn_at", "topic"),
    ]


def _spend_material(character_id: int, keys: list[str], now: dt.datetime) -> list[Statement]:
    if not keys:
        return []
    return [(_SPEND, (character_id, sorted({key[:200] for key in keys}), now))]


_SPEND = """
    INSERT INTO characters_materialuse (character_id, key, used_count, last_used_at)
    SELECT %s, unnest(%s::text[]), 1, %s
    ON CONFLICT (character_id, key) DO UPDATE
    SET used_count = characters_materialuse.used_count + 1, last_used_at = excluded.last_used_at
"""
