"""What saying something does: to the speaker, to a bond, to the conversation. Called inside the
transaction that says it, so that all of it happens or none."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from characters import mood, relationship
from characters.models import (
    Character,
    CharacterState,
    MoodChange,
    Relationship,
    RelationshipEvent,
    Trigger,
)
from conversations.models import Channel, Conversation, Message, Turn
from conversations.pace import PACES, Rules, energy_after_character
from conversations.scene import nearest_before

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
    was answered. Returns the speaker's state if its mood has another name now."""
    speaker, conversation = turn.chosen, turn.conversation
    assert speaker is not None  # noqa: S101 - a constraint holds it
    state = (
        CharacterState.objects.select_for_update(of=("self",))
        .select_related("character__persona")
        .get(character=speaker)
    )
    before = state.mood_label
    _update_state(state, turn, message, heard, pace, now)
    if heard is not None and (heard.character_id or heard.person_id):
        _move_bond(speaker, heard, message, conversation.channel, pace, now)
    if message is not None:
        _update_conversation(turn, message, conversation, pace, rules, now)
        _spend_material(speaker.pk, turn.draft_spent, now)
    return state if state.mood_label != before else None


def _update_state(
    state: CharacterState,
    turn: Turn,
    message: Message | None,
    heard: Message | None,
    pace: str,
    now: dt.datetime,
) -> None:
    channel = turn.conversation.channel
    settle(state, pace, now)
    if message is not None:
        begins = turn.move in ("open", "change_topic")
        cost = PACES[pace].battery_post if begins else PACES[pace].battery_reply
        state.social_battery = max(0.0, state.social_battery - cost)
        state.energy = max(0.0, state.energy - cost / 4)
        state.message_count += 1
        state.conversation_count += turn.move in ("open", "join", "greet")
        # Called in two rooms at once, it may say the later line's transaction first.
        state.last_spoke_at = max(now, state.last_spoke_at or now)
        said = {"message": message.pk, "channel": channel.name, "at": now.isoformat()}
        state.recent_interactions = sorted(
            [*state.recent_interactions, said], key=lambda one: one["message"]
        )[-10:]
    if heard is not None:
        _move_mood(state, heard, channel, now)
    state.version += 1
    state.save()


def settle(state: CharacterState, pace: str, now: dt.datetime) -> None:
    """Bring a state up to date: battery and energy come back, the mood returns to its baseline."""
    hours = max(0.0, (now - state.battery_at).total_seconds() / 3600)
    back = hours * 60 * PACES[pace].battery_per_min
    state.social_battery = min(1.0, state.social_battery + back)
    state.energy = min(1.0, state.energy + back / 4)
    rest = mood.baseline(state.character.persona.traits())
    state.mood_valence = mood.return_to(state.mood_valence, rest[0], hours)
    state.mood_arousal = mood.return_to(state.mood_arousal, rest[1], hours)
    state.mood_label = mood.label(state.mood_valence, state.mood_arousal)
    state.battery_at = now


def _move_mood(state: CharacterState, heard: Message, channel: Channel, now: dt.datetime) -> None:
    """What was heard moves the mood: by its tone, and by what stirs this character in it."""
    text = heard.content.lower()
    valence, arousal = 0.15 * heard.sentiment, 0.08 * abs(heard.sentiment)
    cause = "what was said sounded " + ("warm" if heard.sentiment > 0 else "bitter")
    for trigger in Trigger.objects.filter(character=state.character_id):
        if trigger.pattern.lower() in text:
            valence += 0.2 * trigger.intensity * trigger.valence
            arousal += 0.1 * trigger.intensity
            cause = f"talk of {trigger.pattern}"
    if abs(valence) < 0.01 and abs(arousal) < 0.01:
        return
    state.mood_valence, delta_valence = mood.move(state.mood_valence, valence)
    state.mood_arousal, delta_arousal = mood.move(state.mood_arousal, arousal)
    state.mood_label = mood.label(state.mood_valence, state.mood_arousal)
    MoodChange.objects.create(
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


def _move_bond(
    speaker: Character,
    heard: Message,
    message: Message | None,
    channel: Channel,
    pace: str,
    now: dt.datetime,
) -> None:
    """Answering somebody is an exchange with them; its quality is the tone of what was heard."""
    target = (
        {"to_character_id": heard.character_id, "to_person_id": None}
        if heard.character_id
        else {"to_character_id": None, "to_person_id": heard.person_id}
    )
    if target["to_character_id"] == speaker.pk:
        return
    bond, _ = Relationship.objects.select_for_update().get_or_create(
        from_character=speaker,
        community_id=channel.community_id,
        **target,
        defaults={"first_interaction_at": now},
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
    bond.save()
    RelationshipEvent.objects.create(
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


def _update_conversation(
    turn: Turn,
    message: Message,
    conversation: Conversation,
    pace: str,
    rules: Rules,
    now: dt.datetime,
) -> None:
    context = conversation.context
    context.energy_level = energy_after_character(
        context.energy_level, 1 - nearest_before(message.pk), pace, rules
    )
    context.open_questions = [
        *context.open_questions[-4:],
        *([message.content[:200]] if message.content.rstrip().endswith("?") else []),
    ][-5:]
    context.save(update_fields=["energy_level", "open_questions", "last_updated"])
    conversation.chain_length += 1
    conversation.next_turn_at = now
    if turn.move in ("open", "change_topic") or not conversation.topic:
        conversation.topic = _topic(message) or conversation.topic
    conversation.save(
        update_fields=[
            "message_count",
            "last_message_at",
            "chain_length",
            "next_turn_at",
            "topic",
        ]
    )


def _topic(message: Message) -> str:
    """What a message is about: the interest of its speaker that lies nearest to it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT i.topic FROM conversations_message m JOIN characters_interest i
              ON i.character_id = m.character_id AND i.embedding_model_id = m.embedding_model_id
            WHERE m.id = %s ORDER BY i.embedding <=> m.embedding LIMIT 1
            """,
            [message.pk],
        )
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def _spend_material(character_id: int, keys: list[str], now: dt.datetime) -> None:
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO characters_materialuse (character_id, key, used_count, last_used_at)
            SELECT %s, unnest(%s::text[]), 1, %s
            ON CONFLICT (character_id, key) DO UPDATE
            SET used_count = characters_materialuse.used_count + 1,
                last_used_at = excluded.last_used_at
            """,
            [character_id, sorted({key[:200] for key in keys}), now],
        )
