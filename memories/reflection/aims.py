"""How a character's goals come on: judged by what it remembers, once a day. Pure; `goals` stores
what is found here."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from characters.models import Goal
from memories.formation.echo import content_words, coverage
from memories.formation.telling import day
from memories.reflection.life import Aim, Life, Spoken
from memories.reflection.rules import ReflectionRules

REVIEWED_AFTER = dt.timedelta(hours=20)
SAID = 0.6  # share of a question's words that a line must have to be it
TALKED_OF = 0.9  # how far talk alone carries a goal that a keeper set
DONE = 0.999
ENOUGH = 5  # exchanges after which somebody was sought out


@dataclass(frozen=True, slots=True)
class Step:
    """Where a goal stands after a review, and what shows it."""

    aim: Aim
    progress: float
    status: str
    evidence: tuple[int, ...]
    why: str


def is_due(aim: Aim, now: dt.datetime) -> bool:
    """Whether a goal is to be reviewed."""
    return not aim.is_locked and (
        aim.reviewed_at is None or now - aim.reviewed_at >= REVIEWED_AFTER
    )


def advanced(progress: float, own: int, others: int, step: float) -> float:
    """Progress after a day in which it spoke of its goal so often, and others did: less the
    further it is, and never back."""
    weight = min(1.0, (own + 0.5 * others) / 3)
    return min(1.0, max(progress, progress + step * weight * (1 - progress)))


def review(
    aim: Aim, life: Life, near: Collection[int], rules: ReflectionRules, now: dt.datetime
) -> Step:
    """Where a goal stands. `near` are the memories that are about it, by their meaning."""
    hindrance = hindered(aim, life, now)
    idle = now - (aim.last_progress_at or aim.created_at)
    is_own = aim.origin != Goal.Origin.KEEPER
    if is_own and idle > dt.timedelta(days=rules.goal_drop_days) and hindrance:
        return Step(aim, aim.progress, Goal.Status.DROPPED, (), hindrance)
    if aim.status == Goal.Status.BLOCKED:
        if hindrance:
            return Step(aim, aim.progress, Goal.Status.BLOCKED, (), hindrance)
        return Step(aim, aim.progress, Goal.Status.ACTIVE, (), "Nothing is in the way any more.")
    lines = [x for x in life.lines if x.at > (aim.reviewed_at or aim.created_at or life.since)]
    if aim.seeks is not None:
        step = _sought(aim, life, lines)
        if step is not None:
            return step
    else:
        of_it = [line for line in lines if line.memory in near]
        own = [line for line in of_it if line.who == life.me]
        others = [line for line in of_it if line.who != life.me]
        reached = advanced(aim.progress, len(own), len(others), rules.goal_step)
        if aim.origin == Goal.Origin.KEEPER:
            reached = max(aim.progress, min(TALKED_OF, reached))
        if reached > aim.progress:
            whom = sorted({life.called(line.who) for line in others})
            with_whom = f", and so did {' and '.join(whom[:3])}" if whom else ""
            why = f"{life.name} spoke of it {len(own)} times{with_whom}."
            if not own:
                why = f"{' and '.join(whom[:3])} brought it up {len(others)} times."
            is_done = reached >= DONE
            status = Goal.Status.DONE if is_done else Goal.Status.ACTIVE
            ids = tuple(line.memory for line in [*own, *others][:8])
            return Step(aim, round(reached, 4), status, ids, why)
    if hindrance:
        return Step(aim, aim.progress, Goal.Status.BLOCKED, (), hindrance)
    if is_own and idle > dt.timedelta(days=rules.goal_drop_days):
        why = f"Nothing came of it in {idle.days} days."
        return Step(aim, aim.progress, Goal.Status.DROPPED, (), why)
    return Step(aim, aim.progress, Goal.Status.ACTIVE, (), "")


def hindered(aim: Aim, life: Life, now: dt.datetime) -> str:
    """What is in the way of a goal; empty where nothing is."""
    if aim.is_away and aim.seeks is not None:
        return f"{life.called(aim.seeks)} isn't here any more."
    if aim.due_at is not None and aim.due_at < now:
        return f"It was to be done by {day(aim.due_at)}."
    return ""


def _sought(aim: Aim, life: Life, lines: Sequence[Spoken]) -> Step | None:
    """How far it has come with somebody it sought."""
    assert aim.seeks is not None  # noqa: S101 - it is asked for no other
    name = life.called(aim.seeks)
    if aim.question:
        unanswered = None
        for at, line in enumerate(lines):
            if line.who != life.me or coverage(aim.question, line.text) < SAID:
                continue
            answer = next(
                (x for x in lines[at + 1 :] if x.talk == line.talk and x.who == aim.seeks), None
            )
            if answer is not None:
                said = f"{life.name} asked, and {name} said “{answer.text[:160]}”"
                ids = (line.memory, answer.memory)
                return Step(aim, 1.0, Goal.Status.DONE, ids, said)
            unanswered = unanswered or line
        if unanswered is not None and aim.progress < 0.5:
            why = f"{life.name} asked; {name} hasn't answered yet."
            return Step(aim, 0.5, Goal.Status.ACTIVE, (unanswered.memory,), why)
        return None
    met = [
        next_one
        for one, next_one in itertools.pairwise(lines)
        if one.talk == next_one.talk and {one.who, next_one.who} == {life.me, aim.seeks}
    ]
    wanted = content_words(aim.description) - life.others
    if aim.description.startswith("Tell "):
        told = [x for x in met if x.who == life.me and len(wanted & content_words(x.text)) >= 2]
        if told:
            why = f"{life.name} told {name}: “{told[0].text[:160]}”"
            return Step(aim, 1.0, Goal.Status.DONE, (told[0].memory,), why)
        return _asked_again(aim, life, lines, name)
    if not met:
        return None
    reached = min(1.0, aim.progress + len(met) / ENOUGH)
    status = Goal.Status.DONE if reached >= DONE else Goal.Status.ACTIVE
    why = f"{life.name} and {name} have talked, {len(met)} exchanges since."
    return Step(aim, round(reached, 4), status, tuple(x.memory for x in met[:6]), why)


_ASKED = re.compile(r"“(?P<asked>.+)”")


def _asked_again(aim: Aim, life: Life, lines: Sequence[Spoken], name: str) -> Step | None:
    """That whom it owes an answer has asked once more, and it said something: what is an answer to
    the one who asked, is one to the one who was asked."""
    asked = _ASKED.search(aim.description)
    if asked is None:
        return None
    for at, line in enumerate(lines):
        if line.who != aim.seeks or coverage(asked["asked"], line.text) < SAID:
            continue
        said = next((x for x in lines[at + 1 :] if x.talk == line.talk and x.who == life.me), None)
        if said is not None:
            why = f"{name} asked again, and {life.name} said “{said.text[:160]}”"
            return Step(aim, 1.0, Goal.Status.DONE, (line.memory, said.memory), why)
    return None
