"""What saying something does: to the speaker, to a bond, to the conversation. Called inside the
transaction that says it, so that all of it happens or none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from characters import feelings, mood, relationship
from characters.feelings import Feelings
from characters.models import CharacterState, Persona, Relationship
from characters.rules import LivingRules
from conversations.feelings import bonding, living, stirring
from conversations.floor.pace import Pace, Rules, energy_after_character
from conversations.floor.rules import pace_rules
from conversations.floor.scene import asking_nearest_before
from conversations.models import Message, Turn
from conversations.turns import selfknowledge
from fishbowl.statements import Row, Statement, loaded, saving, together
from memories.formation.echo import ECHO, coverage


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
    how = living.in_force(conversation.channel.community_id)
    before = _Before.of(turn, heard, message, how, now)
    state, bond = before.state, before.bond
    label = state.mood_label
    speed = pace_rules(conversation.channel, pace)
    writes = stirring.settle(state, before.traits, speed, how, now)
    if message is not None:
        tire(state, turn, message, speed)
    is_met = heard is not None and bonding.meets(speaker, heard)
    if heard is not None and is_met and bond is None:
        bond = bonding.begun(speaker, heard, conversation.channel, now)
    if heard is not None:
        liking = bond.affection if bond else 0.5
        writes += stirring.stir(
            state, before.feelings, heard, before.triggers, conversation.channel, pace, how, now,
            liking=liking, rest=mood.baseline(before.traits)[0],
        )  # fmt: skip
    if heard is not None and is_met and bond is not None:
        was_at_odds = bond.repair_since is not None
        writes += bonding.exchange(
            bond,
            speaker,
            heard,
            traits=before.traits,
            valence=state.mood_valence,
            interest=before.interest,
            likeness=before.likeness,
            lately=before.lately,
            times_today=before.times_today,
            since=conversation.started_at,
            pace=pace,
            rules=how,
            now=now,
            is_reaction=message is None,
            is_confiding=message is not None and before.is_told(message.content),
        )
        if was_at_odds != (bond.repair_since is not None):
            writes += stirring.fall_out(
                state, heard, before.traits, conversation.channel, now, is_mended=was_at_odds
            )
    state.version += 1
    writes.append(saving(state, *STATE_WRITTEN))
    if message is not None:
        writes += _update_conversation(turn, message, before, speed, rules, now)
        writes += _spend_material(speaker.pk, selfknowledge.of_material(turn.draft_spent), now)
        writes += selfknowledge.writing(turn.draft_spent, now)
    writes.append(saving(turn, "status", "finished_at", "emoji"))
    together(*writes)
    return state if state.mood_label != label else None


STATE = (
    "id", "character_id", "mood_valence", "mood_arousal", "mood_label", "energy", "social_battery",
    "battery_at", "conversation_count", "message_count", "last_spoke_at", "version",
    "is_mood_locked", "mood_at", "recent_interactions",
)  # fmt: skip
READ_ONLY = ("is_mood_locked", "mood_at")
STATE_WRITTEN = (*(name for name in STATE[2:] if name not in READ_ONLY), "updated_at")
_CONTEXT = """
    SELECT FROM conversations_conversationcontext WHERE conversation_id = %s FOR NO KEY UPDATE
"""
_STATE = f"""
    SELECT {", ".join(f"s.{name}" for name in STATE)},
      {", ".join(f"p.{name}" for name in Persona.TRAITS)}
    FROM characters_characterstate s JOIN characters_persona p USING (character_id)
    WHERE s.character_id = %s FOR NO KEY UPDATE OF s
"""  # noqa: S608 - names of columns
_TRIGGERS = """
    SELECT lower(pattern), intensity, valence, pattern FROM characters_trigger
    WHERE character_id = %s
"""
_TRAITS = f"""
    SELECT {", ".join(Persona.TRAITS)} FROM characters_persona WHERE character_id = %s
"""  # noqa: S608 - names of columns
_TO_TELL = """
    SELECT m.content FROM conversations_turnmemory t JOIN memories_memory m ON m.id = t.memory_id
    WHERE t.turn_id = %s AND t.parts ? 'to_tell'
"""
# As the director saw it when it chose.
_INTEREST = """
    SELECT (c.value ->> 'relevance')::float8 FROM conversations_turn t,
      jsonb_array_elements(coalesce(t.floor -> 'candidates', '[]')) c
    WHERE t.id = %s AND (c.value ->> 'id')::bigint = t.chosen_id
"""
# What a message is about: the interest of its speaker that lies nearest to it.
_TOPIC = """
    SELECT i.topic FROM conversations_message m JOIN characters_interest i
      ON i.character_id = m.character_id AND i.embedding_model_id = m.embedding_model_id
    WHERE m.id = %s ORDER BY i.embedding <=> m.embedding, i.id LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class _Before:
    """How everything stands that a turn has an effect on, read at once and locked: what is known of
    the talk, then the bond, then the state. Whoever locks several of these does so in this order,
    as observation does (`memories.gathering`), so that two never wait in a ring."""

    state: CharacterState
    traits: dict[str, float]
    feelings: Feelings
    lately: Sequence[float]  # its mood's valence, the latest first
    triggers: list[Row]
    bond: Relationship | None
    times_today: int  # it has answered them already
    to_tell: str  # what the speaker had in mind to confide
    interest: float  # how near what was heard lies to what the speaker cares about
    likeness: float  # of the speaker's temperament to that of whom it answers
    nearest: float  # of what was said before, to what is said now
    topic: str

    @classmethod
    def of(
        cls,
        turn: Turn,
        heard: Message | None,
        message: Message | None,
        rules: LivingRules,
        now: dt.datetime,
    ) -> _Before:
        said = message.pk if message else None
        pair = (
            turn.chosen_id,
            turn.conversation.channel.community_id,
            heard.character_id if heard else None,
            heard.person_id if heard else None,
        )
        found = together(
            (_CONTEXT, (turn.conversation_id if message else None,)),
            (bonding.ASKING, pair),
            (_STATE, (turn.chosen_id,)),
            feelings.asking(turn.chosen_id),
            (bonding.LATELY, (turn.chosen_id, now - bonding.LATELY_FOR)),
            (_TRIGGERS, (turn.chosen_id,)),
            (bonding.TODAY, (*pair, now - bonding.A_DAY)),
            (_TRAITS, (heard.character_id if heard else None,)),
            (_TO_TELL, (turn.pk,)),
            (_INTEREST, (turn.pk,)),
            asking_nearest_before(said),
            (_TOPIC, (said,)),
        )
        (
            _, bonds, states, felt, lately, triggers, ((times_today,),), others, secrets, cared,
            near, topics,
        ) = found  # fmt: skip
        if not states:
            raise CharacterState.DoesNotExist
        (*columns, interactions), temper = states[0][: len(STATE)], states[0][len(STATE) :]
        traits = dict(zip(Persona.TRAITS, temper, strict=True))
        return cls(
            state=loaded(CharacterState, STATE, (*columns, json.loads(interactions))),
            traits=traits,
            feelings=Feelings.of(felt, traits, now, per_hour=rules.emotion_return),
            lately=[valence for (valence,) in lately],
            triggers=triggers,
            bond=loaded(Relationship, bonding.READ, bonds[0]) if bonds else None,
            times_today=times_today,
            to_tell=secrets[0][0] if secrets else "",
            interest=cared[0][0] if cared else 0.5,
            likeness=relationship.likeness(
                traits, dict(zip(Persona.TRAITS, others[0], strict=True)) if others else {}
            ),
            nearest=float(near[0][0] or 0.0),
            topic=str(topics[0][0]) if topics else "",
        )

    def is_told(self, text: str) -> bool:
        """Whether these words tell what the speaker had in mind to confide."""
        return bool(self.to_tell) and coverage(self.to_tell, text) >= ECHO


def tire(state: CharacterState, turn: Turn, message: Message, pace: Pace) -> None:
    """Speaking costs battery and energy, and is remembered."""
    begins = turn.move in ("open", "change_topic")
    cost = pace.battery_post if begins else pace.battery_reply
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


def _update_conversation(
    turn: Turn, message: Message, before: _Before, pace: Pace, rules: Rules, now: dt.datetime
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
