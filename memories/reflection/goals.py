"""A character's goals in the database: how they came on, and new ones. Within the caller's
transaction, where they are stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import connection

from characters.models import Goal, LearningEvent
from memories.embedding.embedding import Vector
from memories.reflection import aims
from memories.reflection.aims import Step
from memories.reflection.found import Wish
from memories.reflection.life import Life
from memories.reflection.resting import rest
from memories.reflection.rules import ReflectionRules

NEAR = 0.38  # cosine from which a line is about a goal
MOST_NEW = 2  # goals of one reflection
_COME_TO = {"done": "reached", "dropped": "given up", "blocked": "held up"}


def near_lines(life: Life, vectors: Mapping[int, Vector | None]) -> dict[int, frozenset[int]]:
    """The memories of this stretch that are about each goal, by its id and vector."""
    ids = [line.memory for line in life.lines]
    found: dict[int, frozenset[int]] = {}
    with connection.cursor() as cursor:
        for aim, vector in vectors.items():
            if vector is None or not ids:
                found[aim] = frozenset()
                continue
            cursor.execute(
                """
                SELECT id FROM memories_memory
                WHERE id = ANY(%s) AND embedding_model_id = %s
                  AND 1 - (embedding <=> %s::halfvec) >= %s
                """,
                [ids, vector.model_id, vector.to_text(), NEAR],
            )
            found[aim] = frozenset(pk for (pk,) in cursor.fetchall())
    return found


def reviewed(
    life: Life,
    near: Mapping[int, frozenset[int]],
    rules: ReflectionRules,
    now: dt.datetime,
) -> list[Step]:
    """Every goal whose review is due, as it stands now."""
    return [
        aims.review(aim, life, near.get(aim.id, frozenset()), rules, now)
        for aim in (*life.aims, *life.blocked)
        if aims.is_due(aim, now)
    ]


def keep_steps(steps: Sequence[Step], life: Life, now: dt.datetime) -> None:
    """Store how goals came on, each step with its evidence in the timeline."""
    for step in steps:
        aim = step.aim
        moved = step.progress > aim.progress or step.status != aim.status
        goals = Goal.objects.filter(pk=aim.id, status=aim.status, is_locked=False)
        changes: dict[str, object] = {"reviewed_at": now, "updated_at": now}
        if moved:
            changes |= {"progress": step.progress, "status": step.status}
            changes["blocked_for"] = step.why[:300] if step.status == Goal.Status.BLOCKED else ""
        if step.progress > aim.progress:
            changes["last_progress_at"] = now
        if not goals.update(**changes) or not moved:
            continue
        said = _COME_TO.get(step.status, "come on" if aim.status == step.status else "goes on")
        event = LearningEvent.objects.create(
            character_id=life.me.id,
            learning_event=f"{aim.description} {step.why}",
            learning_type=LearningEvent.Type.GOAL,
            before_state=f"{aim.progress:.0%}",
            after_state=f"{step.progress:.0%}, {said}",
            goal_id=aim.id,
            significance_score=0.8 if step.status == Goal.Status.DONE else 0.3,
            learning_date=now,
        )
        rest(event, step.evidence)


def keep_wishes(wishes: Sequence[Wish], life: Life, rules: ReflectionRules) -> list[Goal]:
    """Make goals of wishes: a few at a time, none twice, and none for whom it seeks already."""
    own = Goal.objects.filter(character=life.me.id, status=Goal.Status.ACTIVE).exclude(
        origin=Goal.Origin.KEEPER
    )
    room = min(MOST_NEW, max(0, int(rules.goals_open) - own.count()))
    sought: set[tuple[int | None, int | None]] = set(
        own.values_list("seeks_character_id", "seeks_person_id")
    )
    made: list[Goal] = []
    for wish in wishes:
        if len(made) >= room:
            break
        seeks = (
            wish.seeks.character_id if wish.seeks else None,
            wish.seeks.person_id if wish.seeks else None,
        )
        key = f"{life.me.id}-{wish.key}"[:120]
        if (wish.seeks and seeks in sought) or Goal.objects.filter(goal_id=key).exists():
            continue
        goal = Goal.objects.create(
            character_id=life.me.id,
            goal_id=key,
            community_id=wish.community,
            description=wish.description,
            success_criteria=wish.criteria,
            strategy=wish.why,
            priority=wish.priority,
            origin=Goal.Origin.REFLECTION,
            question=wish.question[:300],
            seeks_character_id=seeks[0],
            seeks_person_id=seeks[1],
            reviewed_at=life.now,
        )
        rest(goal, wish.evidence)
        event = LearningEvent.objects.create(
            character_id=life.me.id,
            learning_event=f"{life.name} wants something: {wish.description} {wish.why}",
            learning_type=LearningEvent.Type.GOAL,
            after_state="0%",
            goal=goal,
            significance_score=0.4,
            learning_date=life.now,
        )
        rest(event, wish.evidence)
        sought.add(seeks)
        made.append(goal)
    return made
