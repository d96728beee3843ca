"""A text of a character's own, made of a talk it took part in: by a model, or offline by rules out
of what was said and what the character cares about."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from django.db import connection
from pydantic import BaseModel, StringConstraints

from audit.calls import ledger
from audit.calls.budgets import BudgetExhausted
from audit.configuration.wording import Wording, wording
from characters.models import Character, Person
from characters.voices import voice_of, who
from conversations.afterwards import openness
from conversations.models import Channel, Conversation, Message
from conversations.moderation import moderation
from conversations.people.called import words_among
from conversations.people.redaction import Traits
from conversations.text import without_controls
from conversations.turns.phrasing import style_words
from fishbowl.llm.fence import flat
from fishbowl.llm.types import Brief, ChatMessage, ChatRequest, Line, Making
from fishbowl.llm.unfit import is_unfit
from memories.embedding.embedding import active_model_id, embed_or_wait

FEWEST_LINES = 6
LINES = 30
READ_ALONG = 30  # lines of people among them, which say what was confided
LONGEST = 1500  # characters of one piece
MOVED = 3  # characters that are looked at


class Piece(BaseModel):
    """A piece of a work, and what the work is called."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


@dataclass(frozen=True, slots=True)
class Talk:
    """What characters said in a talk that has ended, of which something may be made."""

    conversation_id: int
    community_id: int
    room: str
    ended_at: dt.datetime
    lines: tuple[Line, ...]
    message_ids: tuple[int, ...]
    speakers: tuple[int, ...]

    def texts(self) -> list[str]:
        """What was said, line by line."""
        return [line.text for line in self.lines]


@dataclass(frozen=True, slots=True)
class Moved:
    """A character that a talk came near to: by which of the things it cares about, how near."""

    character: Character
    theme: str
    nearness: float


def talk_of(conversation_id: int) -> Talk | None:
    """A talk that has ended in an open room, if it is long enough to make something of. Lines that
    people said, that name one who was there, that give away what was confided, or that nobody may
    remember are left out."""
    conversation = (
        Conversation.objects.filter(
            pk=conversation_id,
            status=Conversation.Status.CLOSED,
            channel__in=Channel.objects.open_to_all(),
            is_adult=False,
        )
        .select_related("channel")
        .only("closed_at", "channel__community", "channel__name")
        .first()
    )
    if conversation is None or conversation.closed_at is None:
        return None
    people = _people_of(conversation)
    latest = list(
        Message.objects.filter(conversation=conversation, deleted_at__isnull=True)
        .exclude(role=Message.Role.SYSTEM)
        .select_related("character")
        .defer("embedding", "search", "character__card")
        .order_by("-number")[: LINES + READ_ALONG]
    )[::-1]
    open_lines = openness.for_all([openness.of_message(message) for message in latest])
    said = [
        message
        for message in latest
        if message.character
        and message.character.status == Character.Status.ACTIVE
        and message.content
        and not message.is_off_record
        and message.number in open_lines
        and not people.names_them(message.content)
    ][-LINES:]
    if len(said) < FEWEST_LINES:
        return None
    return Talk(
        conversation.pk,
        conversation.channel.community_id,
        conversation.channel.name,
        conversation.closed_at,
        tuple(Line(m.number, m.character.name, m.content, 0.0) for m in said if m.character),
        tuple(m.pk for m in said),
        tuple(dict.fromkeys(m.character_id for m in said if m.character_id)),
    )


def _people_of(conversation: Conversation) -> Traits:
    """What a text about those who had part is known by."""
    people = Person.objects.filter(participant__conversation=conversation)
    columns = people.values_list("username", "display_name", "custom_name", "memberships__nickname")
    names = tuple(sorted({name for row in columns for name in row if name and len(name) > 1}))
    return Traits(names, (), words_among(names))


# For each who spoke, the interest to which the talk's lines came nearest, by the three nearest.
_MOVED = """
    SELECT character_id, topic, avg(near) FROM (
      SELECT i.character_id, i.topic, 1 - (i.embedding <=> m.embedding) AS near,
        row_number() OVER (PARTITION BY i.id ORDER BY i.embedding <=> m.embedding) AS place
      FROM characters_interest i JOIN conversations_message m
        ON m.embedding_model_id = i.embedding_model_id
      WHERE i.character_id = ANY(%s) AND m.id = ANY(%s) AND i.embedding_model_id = %s
    ) pair WHERE place <= 3 GROUP BY character_id, topic ORDER BY 3 DESC, 1, 2
"""


def moved_by(talk: Talk) -> list[Moved]:
    """Those who spoke, the one that the talk came nearest to first."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, [list(talk.speakers), list(talk.message_ids), active_model_id()])
        best: dict[int, tuple[str, float]] = {}
        for pk, topic, near in cursor.fetchall():
            best.setdefault(pk, (topic, float(near)))
    found = Character.objects.active().select_related("persona", "style").in_bulk(list(best))
    return [Moved(found[pk], *best[pk]) for pk in best if pk in found][:MOVED]


def nearness_to(character_id: int, theme: str) -> float:
    """How near a theme is to what a character cares about."""
    (vector,) = embed_or_wait([theme]) if theme else (None,)
    if vector is None:
        return 0.0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(1 - (embedding <=> %s::halfvec)) FROM characters_interest"
            " WHERE character_id = %s AND embedding_model_id = %s",
            [vector.to_text(), character_id, vector.model_id],
        )
        (nearest,) = cursor.fetchone()
    return float(nearest or 0.0)


def write(
    talk: Talk,
    character: Character,
    kind: str,
    title: str,
    theme: str,
    so_far: str,
    now: dt.datetime,
) -> Piece | None:
    """The next piece of a work, in the character's own hand; of one without a title, its title
    too. None without a voice or a budget, or where what was written won't do. Never in a
    transaction."""
    brief = _brief(talk, character, Making(kind, title, theme, so_far))
    request = ChatRequest(
        messages=_messages(brief, wording(community=talk.community_id, character=character.pk)),
        purpose="create",
        tier="reflective",
        model=character.llm_model or None,
        temperature=character.llm_temperature,
        max_tokens=500,
        brief=brief,
        schema=Piece,
    )
    try:
        answer = ledger.ask_within_budgets(
            request,
            character_id=character.pk,
            community_id=talk.community_id,
            conversation_id=talk.conversation_id,
            now=now,
        )
    except (BudgetExhausted, ledger.NoVoice):
        return None
    found = answer.result.parsed
    return _usable(found, talk, title) if isinstance(found, Piece) else None


def _usable(found: Piece, talk: Talk, title: str) -> Piece | None:
    """A piece as it may stand: plain text, not too long, and naming no person who was there."""
    people = _people_of(Conversation.objects.get(pk=talk.conversation_id))
    text = without_controls(found.text).strip()[:LONGEST]
    called = " ".join(without_controls(title or found.title).split())[:80]
    if not text or not called or is_unfit(text) or people.names_them(f"{called} {text}"):
        return None
    if moderation.judge_work(f"{called}\n{text}", talk.community_id).stops:
        return None
    return Piece(title=called, text=text)


def _brief(talk: Talk, character: Character, making: Making) -> Brief:
    style, persona = character.style, character.persona
    return Brief(
        speaker=character.name,
        identity=who(character),
        background=persona.background,
        voice=voice_of(style),
        interests=tuple((i.topic, i.weight) for i in character.interests.all()),
        lines=talk.lines,
        making=making,
        room=talk.room,
        seed=talk.conversation_id,
        material=style.improv,
    )


def _messages(brief: Brief, words: Wording) -> tuple[ChatMessage, ...]:
    making = brief.making or Making()
    task = words.fill(
        "create",
        {
            "name": brief.speaker,
            "identity": brief.identity,
            "style": style_words(brief),
            "kind": making.kind,
            "title": flat(making.title) or "not yet named: name it",
            "theme": flat(making.theme) or "what moved you",
        },
    )
    said = "\n".join(f"{line.speaker}: {flat(line.text)}" for line in brief.lines)
    so_far = "\n".join(flat(line) for line in making.so_far.splitlines()) or "(nothing yet)"
    return (
        ChatMessage("system", task),
        ChatMessage("user", f"<<talk\n{said}\ntalk>>\n\n<<work\n{so_far}\nwork>>"),
    )
