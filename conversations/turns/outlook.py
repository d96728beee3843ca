"""What a speaker thinks and knows of what is being talked of, what it shares with those present,
and how whoever it answers likes to be talked to: read in a turn's one pipeline, and picked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from characters import opinion
from fishbowl.llm.types import View
from fishbowl.statements import Row, Statement
from memories.formation import outlook_rules, shared, topics
from memories.formation.outlook_rules import OutlookRules

READ_BACK = 5  # lines that bring a topic to mind
MOST_AREAS = 3
MOST_SHARED = 3
AT_ODDS = 0.2  # sentiment of an argument, from which somebody is known to see it otherwise

_VIEWS = """
    SELECT o.topic, o.sentiment, o.interest_level, o.reasoning, o.discussion_count,
      (SELECT string_agg(DISTINCT k.name, ', ') FROM characters_opinionevidence e
       JOIN characters_character k ON k.id = e.character_id
       WHERE e.opinion_id = o.id AND e.character_id <> o.character_id
         AND e.sentiment * o.sentiment < 0 AND abs(e.sentiment) >= %s)
    FROM characters_opinion o
    WHERE o.character_id = %s AND (o.community_id = %s OR o.community_id IS NULL)
      AND o.formed_at IS NOT NULL
    ORDER BY o.interest_level DESC, o.topic LIMIT 80
"""
# What it learned by talk, where that was talked over: an opinion of it is kept by community.
_AREAS = """
    SELECT topic, expertise_level FROM characters_knowledgearea k
    WHERE character_id = %s AND (NOT is_learned OR EXISTS (
      SELECT FROM characters_opinion o WHERE o.character_id = k.character_id AND o.topic = k.topic
        AND (o.community_id = %s OR o.community_id IS NULL)))
    ORDER BY expertise_level * passion DESC, topic LIMIT 40
"""
# With the speaker itself, where that is known well enough, else in general.
_HABITS = """
    SELECT s.preferred_length, s.preferred_formality, s.emoji_affinity, s.humor_affinity,
      s.detail_preference, s.confidence
    FROM characters_communicationstyle s JOIN conversations_message m ON m.person_id = s.person_id
    WHERE m.id = %s AND (
      s.character_id IS NULL OR (s.character_id = %s AND s.confidence >= %s))
    ORDER BY s.character_id NULLS LAST LIMIT 1
"""
_SHARED = """
    SELECT coalesce(k.name, nullif(p.custom_name, ''), nullif(p.display_name, ''), p.username),
      r.shared_references
    FROM characters_relationship r
    LEFT JOIN characters_character k ON k.id = r.to_character_id
    LEFT JOIN characters_person p ON p.id = r.to_person_id
    WHERE r.from_character_id = %s AND r.community_id = %s AND r.shared_references <> '[]' AND (
      r.to_character_id IN (SELECT character_id FROM conversations_participant
                            WHERE conversation_id = %s)
      OR r.to_person_id IN (SELECT person_id FROM conversations_participant
                            WHERE conversation_id = %s))
"""
_TALK = """
    SELECT t.conversation_type, t.emotional_state, t.speaker_patterns, c.message_count
    FROM conversations_conversationcontext t
    JOIN conversations_conversation c ON c.id = t.conversation_id WHERE c.id = %s
"""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What of it comes into one turn. `habits` are those of whoever is answered, as far as they are
    known; `shared` are pairs of a name and what there is between the two."""

    views: tuple[View, ...] = ()
    expertise: tuple[tuple[str, float], ...] = ()
    shared: tuple[tuple[str, str], ...] = ()
    habits: Mapping[str, Any] | None = None
    talk: str = ""


def asking(
    character_id: int, community_id: int, conversation_id: int, answers_id: int | None
) -> tuple[Statement, ...]:
    """The statements that read it, in the order of `Outlook`'s making."""
    return (
        (_VIEWS, (AT_ODDS, character_id, community_id)),
        (_AREAS, (character_id, community_id)),
        (_HABITS, (answers_id, character_id, float(outlook_rules.in_force().habits_from))),
        (_SHARED, (character_id, community_id, conversation_id, conversation_id)),
        (_TALK, (conversation_id,)),
    )


def of_turn(
    found: Sequence[Sequence[Row]],
    lines: Sequence[str],
    material: Mapping[str, Any],
    rules: OutlookRules,
    seed: int,
    *,
    is_opening: bool = False,
) -> Outlook:
    """What of the rows found belongs into a turn that follows `lines`. One that opens a talk, or
    turns it elsewhere, may bring up whatever occupies the speaker."""
    views, areas, habits, bonds, talks = found
    said = " \n".join(lines[-READ_BACK:])
    at_hand = [row for row in views if topics.speaks_of(said, _forms(str(row[0]), material))]
    if is_opening and views and not at_hand:
        rng = Random(seed)
        at_hand = [rng.choices(views, [0.05 + float(row[2]) for row in views])[0]]
    return Outlook(
        views=tuple(_view(row) for row in at_hand[: round(rules.views_told)]),
        expertise=tuple(
            (str(topic), float(level))
            for topic, level in areas
            if topics.speaks_of(said, _forms(str(topic), material, parts=True))
        )[:MOST_AREAS],
        shared=tuple(
            (str(name), text)
            for name, entries in bonds
            for text in shared.spoken_of(_parsed(entries), rules.shared_from)[:MOST_SHARED]
        ),
        habits=_habits(habits[0], rules) if habits else None,
        talk=talk_words(*talks[0]) if talks else "",
    )


def _view(row: Row) -> View:
    topic, sentiment, _, reasoning, count, opposed = row
    own, others = "", []
    for line in str(reasoning).splitlines():
        if line.startswith(opinion.OWN):
            own = line.removeprefix(opinion.OWN).strip("“”")
        else:
            others.append(line)
    return View(
        topic=str(topic),
        sentiment=float(sentiment),
        said=own,
        heard=tuple(others[:2]),
        opposed_by=tuple(str(opposed).split(", ")) if opposed else (),
        discussions=int(count),
    )


def _forms(
    topic: str, material: Mapping[str, Any], *, parts: bool = False
) -> tuple[topics.Form, ...]:
    """The words that a topic goes by, those of the speaker's author among them; with `parts`, the
    words of its name too, for an area that is named at length."""
    own = topics.form_of(topic)
    authored = material.get("topics")
    body = authored.get(topic) if isinstance(authored, Mapping) else None
    keys = body.get("keys") if isinstance(body, Mapping) else None
    found = [own, *(topics.form_of(k) for k in keys or () if isinstance(k, str))]
    if parts:
        found += [(word,) for word in own if topics.tells(word)]
    return tuple(found)


def _habits(row: Row, rules: OutlookRules) -> Mapping[str, Any] | None:
    length, formality, emoji, humour, detail, confidence = row
    if confidence < rules.habits_from:
        return None
    return {
        "length": str(length),
        "formality": float(formality),
        "emoji": float(emoji),
        "humour": float(humour),
        "detail": float(detail),
        "weight": float(confidence) * rules.habits_weight,
    }


def habit_words(habits: Mapping[str, Any] | None, stated: Mapping[str, str]) -> tuple[str, ...]:
    """How somebody likes to be talked to, in words. What they have asked for is said elsewhere, and
    what was learned of the same is left out."""
    if not habits:
        return ()
    said = []
    if "length" not in stated and habits["length"] != "medium":
        said.append(
            "writes briefly and likes short answers"
            if habits["length"] == "short"
            else "likes an answer at some length"
        )
    if "formality" not in stated and abs(habits["formality"] - 0.5) > 0.15:
        said.append("talks casually" if habits["formality"] < 0.5 else "talks formally")
    if "emoji" not in stated and habits["emoji"] > 0.4:
        said.append("uses emoji")
    if habits["humour"] > 0.4:
        said.append("likes a joke")
    if habits["detail"] > 0.5:
        said.append("wants to know things exactly")
    return tuple(said)


def talk_words(kind: str, state: object, patterns: object, count: int) -> str:
    """What the talk has been like so far, in words; nothing before there is anything to say."""
    state, patterns = _parsed(state), _parsed(patterns)
    if not isinstance(patterns, Mapping) or not isinstance(state, Mapping) or not patterns:
        return ""
    tone = float(state.get("latest", 0.0))
    sounds = "warm" if tone > 0.15 else "sour" if tone < -0.15 else ""
    name = {
        "debate": "a debate",
        "storytelling": "telling of stories",
        "support": "comfort",
        "planning": "making plans",
        "banter": "banter",
        "questions": "asking and answering",
    }
    words = name.get(kind, "chat")
    return f"{words}, {sounds} of late" if sounds else words if kind in name else ""


def _parsed(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value
