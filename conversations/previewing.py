"""How somebody would sound: a draft of a character says hello, in the voice that is in use.

It goes through the ledger like every call, under a budget and with a purpose of its own, and
changes nothing else: the draft is in no table, and what it says is in no conversation.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from audit.calls import ledger
from audit.calls.budgets import BudgetExhausted
from characters.models import Character
from characters.voices import strongest, voice_of
from conversations.services import local_community
from conversations.turns.cardtext import filled
from conversations.turns.guard import check
from conversations.turns.prompts import build
from fishbowl.llm.types import Brief, ChatRequest, Line, Listener, Voice

VISITOR = "Ada"
ASKED = "Hello! We haven't met. Who are you?"


class Unheard(Exception):
    """There is nothing to hear now; the text says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A character as far as it has been thought out."""

    name: str
    identity: str = ""
    background: str = ""
    values: tuple[str, ...] = ()
    traits: Mapping[str, float] = field(default_factory=dict)
    drives: tuple[tuple[str, float], ...] = ()
    appearance: str = ""
    voice: Voice = field(default_factory=Voice)
    interests: tuple[str, ...] = ()
    constitution: str = ""
    example_dialogue: str = ""
    material: Mapping[str, Any] = field(default_factory=dict)


def draft_of(character: Character) -> Draft:
    """A character as it is."""
    persona, style = character.persona, character.style
    told = filled(character, VISITOR, seed=0)
    return Draft(
        name=character.name,
        identity=told.identity,
        background=told.background,
        values=tuple(persona.values),
        traits=persona.traits(),
        drives=strongest(persona.drives),
        appearance=told.appearance,
        voice=voice_of(style),
        interests=tuple(character.interests.values_list("topic", flat=True)),
        constitution=told.constitution,
        example_dialogue=told.example_dialogue,
        material=style.improv,
    )


def hello(draft: Draft, now: dt.datetime, *, seed: int = 0, character_id: int | None = None) -> str:
    """What the draft answers to somebody who greets it. Not inside a transaction: it speaks to the
    network.

    Raises:
        Unheard: no voice answers, no budget is left, or nothing fit to be said came of it.
    """
    brief = _brief(draft, now, seed)
    try:
        answer = ledger.ask_within_budgets(
            ChatRequest(messages=build(brief).messages, purpose="preview", brief=brief),
            character_id=character_id,
            community_id=local_community().pk,
            now=now,
        )
    except BudgetExhausted as error:
        raise Unheard(str(error)) from None
    except ledger.NoVoice as error:
        raise Unheard(f"No voice answers: {error}") from None
    said = check(answer.result.text, brief, is_awaited=True).text
    if not said:
        raise Unheard("What it said was held back by the guard. Have it say hello again.")
    return said


def _brief(draft: Draft, now: dt.datetime, seed: int) -> Brief:
    return Brief(
        speaker=draft.name,
        identity=draft.identity,
        background=draft.background,
        values=draft.values,
        traits=draft.traits,
        drives=draft.drives,
        appearance=draft.appearance,
        voice=draft.voice,
        interests=tuple((topic, 0.7) for topic in draft.interests),
        listeners=(Listener(VISITOR, is_person=True, is_new=True),),
        lines=(Line(1, VISITOR, ASKED, 2.0, kind="person"),),
        addressee=VISITOR,
        is_addressed=True,
        move="reply",
        room="the desk",
        hour=now.hour,
        seed=seed,
        constitution=draft.constitution,
        example_dialogue=draft.example_dialogue,
        material=draft.material,
    )
