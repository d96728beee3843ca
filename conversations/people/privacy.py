"""How far a person may be spoken with and remembered, in words, and what changes with it."""

from __future__ import annotations

import datetime as dt

from characters import preferences
from characters.models import Person
from conversations.initiative import reminders
from memories.models import ErasureReceipt

LEVELS = {
    Person.Consent.NONE: (
        "**none**: nothing you write is taken in, nobody answers you, and nothing new is "
        "remembered of you."
    ),
    Person.Consent.MINIMAL: (
        "**minimal**: the characters answer you, and remember what was said as anybody in the room "
        "would. They never come to you of their own accord."
    ),
    Person.Consent.FULL: (
        "**full**: they may also come to you of their own accord, to wish you a happy birthday "
        "for one, and tell what you have in common with others who are at this level."
    ),
}
RIGHTS = (
    "At any level: /what-do-you-know-about-me shows what is remembered and forgets it item by "
    "item, /export-me gives you all of it, /forget-me erases all of it."
)


RIGHTS_IN_TANK = (
    "At any level “forget me”, said to anybody who lives here, erases all that is remembered of "
    "you, and the keeper can give it to you as a file."
)


def explain(person: Person | None, newcomers: str, *, in_tank: bool = False) -> str:
    """What each level means, and which one is in force for somebody; `newcomers` is that of people
    of whom nothing is known yet."""
    level = person.consent_level if person else newcomers
    said = [f"You are at **{level}**." if person else f"You would begin at **{level}**."]
    said += [f"- {LEVELS[one]}" for one in Person.Consent]
    said.append(RIGHTS_IN_TANK if in_tank else RIGHTS)
    return "\n".join([*said, "Nobody here is a human being: they are AI characters."])


def set_level(person: Person, level: str, now: dt.datetime, *, in_tank: bool = False) -> str:
    """Change it. What was remembered before stays. Returns what it means now."""
    preferences.set_consent(person, level, now)
    reminders.plan_birthday(person, now)
    said = [f"You are now at {LEVELS[Person.Consent(level)]}"]
    if level == Person.Consent.NONE:
        said.append(
            "What was remembered before stays. Say “privacy minimal” to be heard again."
            if in_tank
            else "What was remembered before stays, until you use /forget-me."
        )
    return "\n".join(said)


# What an erasure took, in words: each with the kinds of rows that it counts.
TAKEN = {
    "messages": ("conversations.Message (blanked)",),
    "memories": ("memories.Memory",),
    "facts": ("memories.PersonFact",),
    "relationships": ("characters.Relationship",),
    "reactions": ("conversations.Reaction",),
    "reminders and dates": ("conversations.ScheduledEvent",),
    "prompts and summaries": (
        "conversations.Turn (blanked)",
        "audit.LLMCall (blanked)",
        "conversations.Conversation (blanked)",
    ),
}


def receipt_words(receipt: ErasureReceipt, *, in_tank: bool = False) -> str:
    """What an erasure took, for the person whom it was about."""
    counts = {
        words: sum(receipt.counts.get(kind, 0) for kind in kinds) for words, kinds in TAKEN.items()
    }
    taken = [f"{number} {words}" for words, number in counts.items() if number]
    done = (
        f"You are forgotten: {', '.join(taken) or 'there was next to nothing'}. "
        f"Your receipt is `{receipt.reference}`.\n"
    )
    if in_tank:
        return f"{done}If you join again, you are somebody new."
    return done + (
        "What you wrote yourself still stands on Discord: only you, or a moderator, can delete it "
        "there. If you write again where characters listen, you are somebody new."
    )
