"""What a character wants, as far as it speaks of it before whoever hears it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from characters.models import Goal
from fishbowl.statements import Row, Statement, together
from memories.formation.telling import until
from memories.view import Audience, View, seen_by

# What its keeper set, and what came up here or nowhere in particular; each with what it rests on.
_WANTED = """
    SELECT g.id, g.seeks_person_id, g.is_withheld, array_remove(array_agg(e.memory_id), NULL)
    FROM characters_goal g
    LEFT JOIN characters_goal_evidence_memories e ON e.goal_id = g.id AND g.origin <> 'keeper'
    WHERE g.character_id = %s AND g.status = 'active'
      AND (g.origin = 'keeper' OR g.community_id IS NULL OR g.community_id = %s)
    GROUP BY g.id
"""
_MAY_BE_SAID = "SELECT id FROM memories_memory WHERE id = ANY(%(ids)s)"


def worded(goal: Goal, now: dt.datetime) -> str:
    """What is wanted, and by when; `now` is in the character's time zone."""
    if goal.due_at is None:
        return goal.description
    return f"{goal.description.rstrip('.')}, {until(goal.due_at, now)}"


def asking_wanted(character_id: int, community_id: int | None) -> Statement:
    """The statement for what a character wants, as far as it is of this community."""
    return _WANTED, (character_id, community_id)


def told_of(view: View, rows: Sequence[Row], before: Audience) -> frozenset[int]:
    """The goals found of which it may speak under an open view: all that one rests on may be said
    here, and no person is sought who isn't there. Of one whose grounds are forgotten it speaks if
    these were for all."""
    resting = {pk for *_, evidence in rows for pk in evidence}
    seen = {pk for (pk,) in view.planned(_MAY_BE_SAID, ids=sorted(resting))} if resting else set()
    return frozenset(
        goal
        for goal, person, is_withheld, evidence in rows
        if (person is None or person in before.people)
        and (seen.issuperset(evidence) if evidence else not is_withheld)
    )


def told_before(character_id: int, before: Audience) -> frozenset[int]:
    """The same, where no view is open."""
    (rows,) = together(asking_wanted(character_id, before.community))
    with seen_by(character_id, before) as view:
        return told_of(view, rows, before)
