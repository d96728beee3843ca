"""How a speaker's surroundings are put in words for a model: times, moods and manners of speaking.
Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from fishbowl.llm.fence import flat
from fishbowl.llm.reply import estimate_tokens
from fishbowl.llm.types import Brief


def tokens(text: str) -> int:
    """About how many tokens `text` has, in whichever script."""
    return estimate_tokens(text)


def ago(seconds: float) -> str:
    """How long ago something was said, in words."""
    if seconds < 45:
        return "just now"
    if seconds < 3300:
        minutes = max(1, round(seconds / 60))
        return f"{minutes} minute{'s' if minutes > 1 else ''} ago"
    if seconds < 79200:
        hours = max(1, round(seconds / 3600))
        return f"{hours} hour{'s' if hours > 1 else ''} ago"
    days = max(1, round(seconds / 86400))
    return f"{days} day{'s' if days > 1 else ''} ago"


def when(at: dt.datetime, now: dt.datetime) -> str:
    """When something was, as one would say it where `now` is: 'yesterday', 'last Tuesday', 'on
    8 May 2023'."""
    at = at.astimezone(now.tzinfo)
    days = (now.date() - at.date()).days
    if days <= 0:
        return "earlier today"
    if days == 1:
        return "yesterday"
    if days < 7:
        return f"last {at:%A}"
    day = f"on {at.day} {at:%B}"
    return day if days < 300 else f"{day} {at.year}"


def part_of_day(hour: int) -> str:
    """What one calls an hour (0–23)."""
    if hour < 5:
        return "the middle of the night"
    if hour < 11:
        return "morning"
    if hour < 14:
        return "midday"
    if hour < 18:
        return "afternoon"
    return "evening" if hour < 22 else "late evening"


def mood_words(valence: float, arousal: float) -> str:
    """A mood as a person would say it."""
    if valence >= 0.3:
        first = "in good spirits" if arousal >= 0 else "quietly content"
    elif valence <= -0.3:
        first = "upset" if arousal >= 0.3 else "low"
    else:
        first = "neither up nor down"
    if arousal >= 0.3:
        return f"{first} and wide awake"
    return f"{first} and a little tired" if arousal <= -0.3 else first


# What stands out of a trait where it is high, and where it is low.
NATURES = {
    "openness": ("curious and drawn to what is new", "set in your ways"),
    "conscientiousness": ("careful and orderly", "careless of plans and order"),
    "extraversion": ("outgoing", "reserved"),
    "agreeableness": ("warm and ready to give way", "blunt and slow to give way"),
    "neuroticism": ("easily upset", "calm and hard to upset"),
}
STANDS_OUT, MUCH = 0.65, 0.85
MOST_DRIVES, MOST_INTERESTS = 4, 6
LONGEST_LOOK = 600


def nature_words(brief: Brief) -> str:
    """What the speaker is like by nature: traits that stand out, what moves it, what it likes to
    talk of, and how it looks."""
    said, traits = [], []
    for trait, (high, low) in NATURES.items():
        level = brief.traits.get(trait, 0.5)
        if (strength := max(level, 1 - level)) >= STANDS_OUT:
            very = "very " if strength >= MUCH else ""
            traits.append(very + (high if level > 0.5 else low))
    if traits:
        said.append(f"By nature you are {'; '.join(traits)}.")
    drives = [flat(name) for name, level in brief.drives if level > 0][:MOST_DRIVES]
    if drives:
        others = f", then {_listed(drives[1:])}" if drives[1:] else ""
        said.append(f"What moves you most is {drives[0]}{others}.")
    topics = [flat(topic) for topic, weight in brief.interests if weight > 0][:MOST_INTERESTS]
    if topics:
        said.append(f"You like to talk of {_listed(topics)}.")
    if brief.appearance:
        said.append(f"How you look: {flat(brief.appearance)[:LONGEST_LOOK]}")
    return " ".join(said)


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words[:-1]) + " and " + words[-1] if len(words) > 1 else words[0]


def style_words(brief: Brief, *, is_reminder: bool = False) -> str:
    """How the speaker talks, in words; to remind of it, without the phrases and words it likes,
    which a model brings into every line when they are the last it reads."""
    voice = brief.voice
    length = (
        "in a few words"
        if voice.verbosity < 0.35
        else "at some length"
        if voice.verbosity > 0.7
        else "in a sentence or two"
    )
    register = (
        "formally"
        if voice.formality > 0.65
        else "casually"
        if voice.formality < 0.35
        else "plainly"
    )
    said = [f"You speak {register}, {length}."]
    if voice.humour > 0.6:
        said.append("You like a joke.")
    said.append("You use an emoji now and then." if voice.emoji_use > 0.3 else "You use no emoji.")
    if voice.signature_phrases and not is_reminder:
        said.append(f"Rarely you say {_quoted(voice.signature_phrases)}.")
    if voice.avoided_phrases:
        said.append(f"You never say {_quoted(voice.avoided_phrases)}.")
    if voice.preferred_words and not is_reminder:
        said.append("Words you like: " + "; ".join(voice.preferred_words) + ".")
    if voice.language:
        said.append(f"You speak {flat(voice.language)}, whatever you are spoken to in.")
    return " ".join(said)


def _quoted(phrases: Sequence[str]) -> str:
    return _listed([f"“{flat(phrase)}”" for phrase in phrases])
