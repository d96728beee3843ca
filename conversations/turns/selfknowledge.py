"""What a speaker has understood, come up at the right moment: rarely by itself, when a line touches
it, and plainly when it is asked of itself; what it wants to ask of somebody who is here; and whom
it might tell that they have something in common."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from characters.models import Goal
from fishbowl.llm.types import Common, Recollection
from fishbowl.statements import Row, Statement
from memories.formation.echo import coverage
from memories.reflection import figures
from memories.reflection.rules import in_force
from memories.view import Audience, View

INSIGHT, ASKED = "insight/", "asked/"  # how what was said of them is noted with a turn
ASK_CHANCE = 0.3  # of the turns in which somebody is here of whom it wants to ask something
SAID = 0.5  # share of a question's words that a line must have to ask it
MOST_CANDIDATES = 4
LATER = ("farewell", "remind", "greet", "ask_after")  # no moments for thoughts of one's own

# Those that the line touches, by a trigger or by who says it; into a silence, any. What one
# saw in a line quotes it, and comes up once: a day later it would be the same line again.
_INSIGHTS = """
    SELECT i.id, i.memory_id, i.insight_content FROM characters_insight i
    JOIN memories_memory r ON r.id = i.memory_id
    LEFT JOIN conversations_message m ON m.id = %s
    WHERE %s AND i.character_id = %s AND i.is_active
      AND (r.community_id IS NULL OR r.community_id = %s)
      AND i.confidence_score >= 0.6 AND i.importance_level >= 4
      AND (i.last_surfaced_at IS NULL
           OR (i.last_surfaced_at < %s AND NOT starts_with(i.subject, 'see:')))
      AND (m.id IS NULL OR i.about_character_id = m.character_id
           OR i.about_person_id = m.person_id
           OR EXISTS (SELECT 1 FROM unnest(i.triggers) t
                      WHERE length(t) > 2 AND position(t IN lower(m.content)) > 0))
    ORDER BY i.surfaced_count, i.importance_level DESC, i.id LIMIT %s
"""
_MAY_BE_SAID = "SELECT id FROM memories_memory WHERE id = ANY(%(ids)s)"
_SURFACED = """
    UPDATE characters_insight SET surfaced_count = surfaced_count + 1, last_surfaced_at = %s
    WHERE id = ANY(%s)
"""
_ASKED = """
    UPDATE characters_goal SET progress = greatest(progress, 0.5), last_progress_at = %s
    WHERE id = ANY(%s) AND NOT is_locked AND status = 'active'
"""


@dataclass(frozen=True, slots=True)
class Surfacing:
    """An insight that comes up in a turn, and its memory."""

    insight_id: int
    memory_id: int
    recollection: Recollection


@dataclass(frozen=True, slots=True)
class Question:
    """What the speaker wants to ask somebody who is here, and of which goal."""

    goal_id: int
    name: str
    text: str


def asking_insights(
    character_id: int,
    answers_id: int | None,
    move: str,
    seed: int,
    now: dt.datetime,
    *,
    community_id: int | None = None,
) -> Statement:
    """The statement for the insights that might come up in a turn: none in most, by its seed. Of
    those of a community only this one's come up."""
    rules = in_force(character_id)
    comes_up = move not in LATER and Random(f"insight|{seed}").random() < rules.surface_chance
    rested = now - dt.timedelta(hours=rules.surface_rest_hours)
    return _INSIGHTS, (
        answers_id,
        comes_up,
        character_id,
        community_id,
        rested,
        MOST_CANDIDATES,
    )


def surfacing(view: View, rows: Sequence[Row]) -> Surfacing | None:
    """The first of the insights found that may come up before this audience."""
    if not rows:
        return None
    seen = {pk for (pk,) in view.planned(_MAY_BE_SAID, ids=[memory for _, memory, _ in rows])}
    for insight, memory, content in rows:
        if memory in seen:
            told = Recollection(text=content, provenance="what you make of it")
            return Surfacing(insight, memory, told)
    return None


def figures_asked(
    text: str, character_id: int, before: Audience, now: dt.datetime
) -> tuple[str, Recollection | None]:
    """What the speaker knows of itself, where `text` asks for it: in its own words, or as it
    remembers it."""
    kind = figures.asked(text)
    if not kind:
        return "", None
    said, is_own = figures.answer(kind, character_id, before, now)
    if is_own or not said:
        return said, None
    return "", Recollection(text=said, provenance="your own")


def to_ask(
    goals: Sequence[Goal], present: Sequence[tuple[int | None, int | None, str]], seed: int
) -> Question | None:
    """What it wants to ask one of those who hear it, now and then, of goals it may speak of.
    `present` are characters and people by id, with their names."""
    names = {(c, p): name for c, p, name in present}
    for goal in goals:
        key = (goal.seeks_character_id, goal.seeks_person_id)
        if (
            goal.question
            and goal.status == "active"
            and goal.progress < 0.5
            and key in names
            and Random(f"ask|{seed}|{goal.pk}").random() < ASK_CHANCE
        ):
            return Question(goal.pk, names[key], goal.question)
    return None


def in_common(known: Sequence[Common], spent: Mapping[str, int]) -> Common | None:
    """What whom it answers has in common with another, and this speaker has told nobody yet."""
    return next((one for one in known if one.key not in spent), None)


def noted(
    spent: Sequence[str],
    found: Surfacing | None,
    question: Question | None,
    common: Common | None,
    text: str,
    *,
    is_model: bool,
) -> list[str]:
    """The keys of what went into a turn's `text`, with the insight, the question and what two have
    in common that it brought up: a model is taken to have used the insight it was given; the
    offline voice says what it did."""
    keys = [key for key in spent if key not in (INSIGHT, ASKED)]
    if found is not None and (is_model or INSIGHT in spent):
        keys.append(f"{INSIGHT}{found.insight_id}")
    if question is not None and (
        ASKED in spent or (is_model and coverage(question.text, text) >= SAID)
    ):
        keys.append(f"{ASKED}{question.goal_id}")
    if common is not None and is_model and coverage(common.other, text) >= SAID:
        keys.append(common.key)
    return keys


def of_material(keys: Sequence[str]) -> list[str]:
    """The keys among them that are pieces of an author's material."""
    return [key for key in keys if not key.startswith((INSIGHT, ASKED))]


def writing(keys: Sequence[str], now: dt.datetime) -> list[Statement]:
    """The statements that note what came up, in the turn's own transaction."""
    insights = [int(key.removeprefix(INSIGHT)) for key in keys if key.startswith(INSIGHT)]
    goals = [int(key.removeprefix(ASKED)) for key in keys if key.startswith(ASKED)]
    return [
        *([(_SURFACED, (now, insights))] if insights else []),
        *([(_ASKED, (now, goals))] if goals else []),
    ]
