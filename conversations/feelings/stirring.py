"""What a turn does to how its speaker feels: rest that has passed, what was heard, and what is felt
with whoever said it. Every move of a mood is written down with its cause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from characters import emotion, mood
from characters.feelings import Feelings, storing
from characters.models import CharacterState, MoodChange
from characters.rules import LivingRules
from conversations.feelings import overtones
from conversations.floor.pace import Pace
from conversations.models import Channel, Message
from fishbowl.statements import Row, Statement, inserting


def settle(
    state: CharacterState,
    traits: Mapping[str, float],
    pace: Pace,
    rules: LivingRules,
    now: dt.datetime,
) -> list[Statement]:
    """Bring a state up to date: battery and energy come back, the mood returns to its rest. A rest
    that was long enough to be noticed is a cause like any other."""
    hours = max(0.0, (now - state.battery_at).total_seconds() / 3600)
    rested = state.rested_hours(now)
    before = state.mood_valence, state.mood_arousal
    state.rest(mood.baseline(traits), now, rules.mood_return)
    back = hours * 60 * pace.battery_per_min
    state.social_battery = min(1.0, state.social_battery + back)
    state.energy = min(1.0, state.energy + back / 4)
    state.battery_at = now
    deltas = state.mood_valence - before[0], state.mood_arousal - before[1]
    if not mood.is_noticeable(*deltas):
        return []
    cause = f"it came to rest over {_long(rested)}"
    return [inserting(_change(state, deltas, MoodChange.TriggerType.TIME_DECAY, cause, now))]


def stir(
    state: CharacterState,
    feelings: Feelings,
    heard: Message,
    triggers: Iterable[Row],
    channel: Channel,
    pace: str,
    rules: LivingRules,
    now: dt.datetime,
    *,
    liking: float = 0.5,
    rest: float = 0.0,
) -> list[Statement]:
    """What was heard moves mood and emotions: by its tone, by what stirs this character in it, and
    by what its speaker shows to feel, the more the better one likes them (0.0–1.0). Gladness wears
    off the further the mood is over its `rest`."""
    shown = overtones.shown(heard.content)
    stirred = emotion.stirred_by(shown)
    text, talk_of = heard.content.lower(), ""
    by_trigger = [0.0, 0.0]
    for pattern, intensity, direction, words in triggers:
        if pattern in text:
            by_trigger[0] += 0.2 * intensity * direction
            by_trigger[1] += 0.1 * intensity
            talk_of = words
            for name in _stirred_by_trigger(direction):
                stirred[name] = max(stirred.get(name, 0.0), intensity * abs(direction))
    share = rules.weight(pace)
    moved = emotion.moved(
        feelings.levels,
        stirred,
        shown,
        rate=rules.emotion_rate,
        empathy=rules.empathy * 2 * liking,
    )
    writes = storing(state.character_id, moved, now)
    if state.is_mood_locked:
        return writes
    sway, taken = emotion.sway(stirred), overtones.stance(heard.content)
    taken *= SLIGHTS if taken < 0 else KINDNESSES
    valence = rules.mood_by_tone * (heard.sentiment + taken) + rules.mood_by_feeling * sway[0]
    arousal = rules.mood_by_feeling * sway[1]
    valence, arousal = valence + share * by_trigger[0], arousal + share * by_trigger[1]
    if valence > 0:
        valence *= mood.worn_off(state.mood_valence, rest)
    if abs(valence) < LEAST and abs(arousal) < LEAST:
        return writes
    state.mood_valence, by_valence = mood.move(state.mood_valence, valence)
    state.mood_arousal, by_arousal = mood.move(state.mood_arousal, arousal)
    state.mood_label = mood.label(state.mood_valence, state.mood_arousal)
    change = _change(
        state,
        (by_valence, by_arousal),
        MoodChange.TriggerType.CONVERSATION,
        _cause(heard.sentiment, by_valence, shown, talk_of),
        now,
        community_id=channel.community_id,
        trigger_person_id=heard.person_id,
        trigger_message=heard,
    )
    return [*writes, inserting(change)]


def fall_out(
    state: CharacterState,
    heard: Message,
    traits: Mapping[str, float],
    channel: Channel,
    now: dt.datetime,
    *,
    is_mended: bool,
) -> list[Statement]:
    """Falling out with somebody one trusted weighs on the mood, the more the thinner one's skin;
    having made it up lifts it."""
    if state.is_mood_locked:
        return []
    thin = 0.5 + traits.get("neuroticism", 0.5)
    state.mood_valence, by = mood.move(state.mood_valence, 0.1 if is_mended else -0.2 * thin)
    state.mood_label = mood.label(state.mood_valence, state.mood_arousal)
    change = _change(
        state,
        (by, 0.0),
        MoodChange.TriggerType.EVENT,
        "a quarrel was made up" if is_mended else "a falling-out",
        now,
        community_id=channel.community_id,
        trigger_person_id=heard.person_id,
        trigger_message=heard,
    )
    return [inserting(change)]


LEAST = 0.01  # of a move that is one
# A slight moves a mood more than a kindness: Baumeister et al. (2001), 'Bad Is Stronger than Good'.
SLIGHTS, KINDNESSES = 2.0, 0.5


def _stirred_by_trigger(direction: float) -> tuple[str, ...]:
    """What a character feels at talk that moves it up or down."""
    if abs(direction) < 0.05:
        return ("surprise",)
    return ("joy", "anticipation") if direction > 0 else ("sadness", "anger")


def _cause(sentiment: float, by: float, shown: dict[str, float], talk_of: str) -> str:
    """Why a mood moved (`by`, of its valence), in words, and in none that anybody said."""
    if talk_of:
        return f"talk of {talk_of}"
    if foremost := overtones.foremost(shown):
        return f"what was said sounded {SOUNDS[foremost]}"
    if sentiment * by > 0:
        return "what was said sounded " + ("warm" if sentiment > 0 else "bitter")
    return "something in what was said"


SOUNDS = {
    "anger": "angry",
    "anticipation": "eager",
    "disgust": "disgusted",
    "fear": "anxious",
    "joy": "glad",
    "love": "tender",
    "optimism": "hopeful",
    "pessimism": "gloomy",
    "sadness": "sad",
    "surprise": "surprised",
    "trust": "trusting",
}


def _change(
    state: CharacterState,
    deltas: tuple[float, float],
    kind: str,
    cause: str,
    now: dt.datetime,
    **fields: Any,
) -> MoodChange:
    return MoodChange(
        character_id=state.character_id,
        valence=state.mood_valence,
        arousal=state.mood_arousal,
        delta_valence=deltas[0],
        delta_arousal=deltas[1],
        trigger_type=kind,
        description=cause[:300],
        recorded_at=now,
        **fields,
    )


def _long(hours: float) -> str:
    """A length of time in words."""
    if hours < 1.5:
        return "an hour"
    return f"{hours:.0f} hours" if hours < 36 else f"{hours / 24:.0f} days"
