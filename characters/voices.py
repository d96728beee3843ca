"""How a character speaks, and what moves it, as its keeper set it, for whoever lets it speak."""

from __future__ import annotations

from django.utils.translation import get_language_info

from characters.models import Character, SpeechStyle
from fishbowl.llm.types import Voice
from fishbowl.macros import with_names

SOMEBODY = "somebody"  # whom a card speaks of as its user, where nobody is spoken to


def voice_of(style: SpeechStyle) -> Voice:
    """How a character speaks."""
    return Voice(
        formality=style.formality,
        verbosity=style.verbosity,
        humour=style.humour,
        emoji_use=style.emoji_use,
        signature_phrases=tuple(style.signature_phrases),
        avoided_phrases=tuple(style.avoided_phrases),
        preferred_words=tuple(style.preferred_words),
        language=language_of(style.response_language),
    )


def language_of(wanted: str) -> str:
    """The name of a language that a keeper gave by its code or its name. Empty for the default,
    English: whoever is spoken to in another language then answers in that."""
    code = wanted.strip()
    if code.lower() in ("", "en", "english"):
        return ""
    try:
        return str(get_language_info(code.lower())["name"])
    except KeyError:
        return code


def who(character: Character) -> str:
    """Who a character is, as its keeper or its card's author wrote it, in its own name."""
    persona = character.persona
    written = "\n".join(part for part in (persona.identity, persona.personality) if part)
    return with_names(written, persona.nickname or character.name, SOMEBODY)


def strongest(drives: object) -> tuple[tuple[str, float], ...]:
    """What moves a character, the strongest first, of what stands in its persona (0.0–1.0)."""
    levels = drives.items() if isinstance(drives, dict) else ()
    known = [(str(k), float(v)) for k, v in levels if isinstance(v, int | float)]
    return tuple(sorted(known, key=lambda one: (-one[1], one[0])))
