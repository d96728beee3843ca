"""A character thinks over what it lived through: what it understands of it is kept with the
evidence, its goals are reviewed, and it may change a little itself.

When it is due is told by rows alone, and all that comes of it is stored in one transaction, which
moves `last_reflection_at`: cut short at any moment, it is due as before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F, FloatField, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from audit.configuration.configuration import SOCIETY_RUNS
from characters import changes, drift, versions
from characters.models import (
    Character,
    CharacterState,
    LearningEvent,
    Persona,
    Reflection,
    SelfModification,
)
from fishbowl.statements import planned
from memories import gathering
from memories.embedding.embedding import Vector, embed_or_wait
from memories.formation.discretion import strictest
from memories.formation.echo import content_words
from memories.models import Memory
from memories.recall.recall import recall
from memories.reflection import company, drifting, goals, keeping, talk, thoughts
from memories.reflection.aims import Step, is_due
from memories.reflection.claims import ReflectionRefused, alone
from memories.reflection.drifting import Pull
from memories.reflection.found import Found, Wish
from memories.reflection.life import Life
from memories.reflection.lived import by_community, load
from memories.reflection.resting import rest
from memories.reflection.rules import ReflectionRules, in_force
from memories.reflection.wishes import wishes
from memories.view import Audience

Kind = Reflection.Kind
DRIFTS_AFTER = dt.timedelta(hours=20)  # traits move once a day at most
FEWEST_LINES = 6  # to think about at all
CALLED_TO_MIND = 3  # memories, for each of the best questions
QUESTIONS = 3


# --- when -----------------------------------------------------------------------------------------


def due(now: dt.datetime) -> list[int]:
    """The characters that have something to think over."""
    found = []
    for pk, gathered, last, strongest in planned(_STATES, now=now, made=_MADE):
        rules = in_force(pk)
        is_stirred = strongest is not None and strongest >= rules.strong_importance
        if reason(gathered, last, is_stirred, now, rules) is not None:
            found.append(pk)
    return found


_MADE = sorted(str(kind) for kind in gathering.MADE)
# How full of what it lived through each character is, and how strong the strongest of that was.
_STATES = f"""
    SELECT s.character_id, s.unreflected_importance, s.last_reflection_at, (
      SELECT max(m.importance) FROM memories_memory m
      WHERE m.owner_id = s.character_id AND m.occurred_at > s.last_reflection_at
        AND m.occurred_at <= %(now)s AND m.kind <> ALL(%(made)s) AND m.is_adult = k.is_adult)
    FROM characters_characterstate s JOIN characters_character k ON k.id = s.character_id
    WHERE k.status = 'active' AND NOT k.is_template AND s.unreflected_importance > 0
      AND {SOCIETY_RUNS}
    ORDER BY s.character_id
"""  # noqa: S608 - a constant


def reason(
    gathered: float,
    last: dt.datetime | None,
    is_stirred: bool,
    now: dt.datetime,
    rules: ReflectionRules,
) -> str | None:
    """Why a character reflects now; None where it doesn't. Pure."""
    if gathered <= 0 or (last is not None and now - last < dt.timedelta(hours=rules.rest_hours)):
        return None
    if gathered >= rules.threshold:
        return Kind.IMPORTANCE
    if last is not None and is_stirred:
        return Kind.EVENT
    if last is not None and now - last >= dt.timedelta(hours=rules.interval_hours):
        return Kind.INTERVAL
    return None


# --- one reflection -------------------------------------------------------------------------------


def reflect(
    character_id: int, now: dt.datetime | None = None, *, forced: bool = False
) -> Reflection | None:
    """Have a character reflect if it is due, or although it isn't. None where it isn't, or where
    there is nothing to think about. May ask a model: not in a transaction.

    Raises:
        ReflectionRefused: it is paused, or another worker thinks for it.
        NoVoice: no model answers. It is due as before.
        BudgetExhausted: nothing may be spent on it now. It is due as before.
    """
    now = now or timezone.now()
    with alone(character_id):
        if not forced and character_id not in due(now):
            return None
        character = (
            Character.objects.select_related("persona", "state").defer("card").get(pk=character_id)
        )
        return _think(character, now, in_force(character_id), forced=forced)


@dataclass(frozen=True, slots=True)
class _Result:
    """All that came of thinking, before any of it is stored."""

    found: Sequence[Found]
    wishes: Sequence[Wish]
    steps: Sequence[Step]
    pulls: Sequence[Pull]
    content: str = ""
    call_id: int | None = None
    changes: Sequence[tuple[str, object, str]] = ()


def _think(
    character: Character, now: dt.datetime, rules: ReflectionRules, *, forced: bool
) -> Reflection | None:
    state = character.state
    gathered, last = state.unreflected_importance, state.last_reflection_at
    # What is new is seen against the days before it: a pattern is older than the last thought.
    since = now - dt.timedelta(days=rules.looks_back_days)
    kind = reason(gathered, last, False, now, rules) or (Kind.INTERVAL if forced else Kind.EVENT)
    life = load(character, since, now)
    fresh = sum(last is None or line.at > last for line in life.lines)
    if fresh < FEWEST_LINES:
        if forced:
            raise ReflectionRefused(
                f"{character.name} has heard {fresh} lines since it last reflected: too few to "
                f"think about. Let it talk first."
            )
        _rest(character.pk, last, gathered, now)
        return None
    parts = by_community(character, life, since)
    noticed = keeping.choose([one for part in parts for one in _noticed(part)], rules)
    noticed = _with_recalled(noticed, life, now)
    aims = [aim for aim in life.aims if is_due(aim, now)]
    near = goals.near_lines(
        life,
        dict(
            zip(
                (aim.id for aim in aims),
                embed_or_wait([f"{aim.description} {aim.criteria}" for aim in aims]),
                strict=True,
            )
        ),
    )
    steps = goals.reviewed(life, near, rules, now)
    result = _Result(
        found=noticed,
        wishes=[replace(wish, community=part.community) for part in parts for wish in wishes(part)],
        steps=steps,
        pulls=drifting.pulls(life, steps, rules.drift_scale),
    )
    told, rest_of_it = None, noticed
    if parts:  # one call, so a model is asked of the part that holds most
        here = parts[0].community
        rest_of_it = [one for one in noticed if one.community != here]
        of_it = [one for one in noticed if one.community == here]
        told = thoughts.ask(parts[0], character, of_it, rules, now)
    if told is not None:
        result = replace(
            result,
            found=keeping.choose([*told.found, *rest_of_it], rules),
            wishes=[*told.wishes, *result.wishes],
            content=told.content,
            call_id=told.call_id,
            changes=told.changes,
        )
    vectors = embed_or_wait([one.content for one in result.found])
    return _store(life, result, vectors, kind, (last, gathered), rules)


def _noticed(part: Life) -> list[Found]:
    """What is to be seen in what it lived through in one community."""
    return [
        replace(one, community=part.community)
        for one in (*company.notice(part), *talk.notice(part))
    ]


def _with_recalled(found: Sequence[Found], life: Life, now: dt.datetime) -> list[Found]:
    """Each insight with what else comes to mind when the character asks itself its question: it is
    alone with its thoughts."""
    made = []
    for place, one in enumerate(found):
        if place < QUESTIONS:
            alone_there = Audience(community=one.community)
            recalled = recall(life.me.id, alone_there, one.question, now=now, limit=CALLED_TO_MIND)
            among_adults = set(
                Memory.objects.filter(pk__in=[x.id for x in recalled], is_adult=True).values_list(
                    "pk", flat=True
                )
            )
            also = [
                x
                for x in recalled
                if x.kind not in gathering.MADE
                and x.visibility != Memory.Visibility.PRIVATE
                and x.id not in among_adults
            ]
            one = replace(
                one,
                evidence=tuple(dict.fromkeys([*one.evidence, *(x.id for x in also)])),
                visibility=strictest(one.visibility, *(x.visibility for x in also)),
            )
        made.append(one)
    return made


def _rest(character_id: int, last: dt.datetime | None, gathered: float, now: dt.datetime) -> None:
    """Note that there was nothing to think about."""
    CharacterState.objects.filter(character=character_id, last_reflection_at=last).update(
        last_reflection_at=now, unreflected_importance=_less(gathered)
    )


def _less(gathered: float) -> Greatest:
    """What gathered since, while it was thinking, stays for the next time."""
    rest = F("unreflected_importance") - gathered
    return Greatest(rest, Value(0.0), output_field=FloatField())


@transaction.atomic
def _store(
    life: Life,
    result: _Result,
    vectors: Sequence[Vector | None],
    kind: str,
    before: tuple[dt.datetime | None, float],
    rules: ReflectionRules,
) -> Reflection | None:
    last, gathered = before
    claimed = CharacterState.objects.filter(character=life.me.id, last_reflection_at=last)
    if not Character.objects.active().filter(pk=life.me.id).exists() or not claimed.update(
        last_reflection_at=life.now,
        unreflected_importance=_less(gathered),
        version=F("version") + 1,
    ):
        return None  # it was paused, or somebody has thought for it, meanwhile
    evidence = sorted({pk for one in result.found for pk in one.evidence})
    reflection = Reflection.objects.create(
        character_id=life.me.id,
        kind=kind,
        question=" ".join(dict.fromkeys(one.question for one in result.found)),
        content=result.content or " ".join(one.content for one in result.found),
        gathered=gathered,
        authenticity=_borne_out(result.found, life),
        resonance=_felt(result.found),
        note="" if result.found else "Nothing stood out.",
        visibility=strictest(*(one.visibility for one in result.found))
        if result.found
        else "public",
        llm_call_id=result.call_id,
        occurred_at=life.now,
    )
    rest(reflection, list(Memory.objects.filter(pk__in=evidence).values_list("pk", flat=True)))
    made = keeping.keep(result.found, vectors, life, reflection, rules)
    reflection.effectiveness = len(made) / len(result.found) if result.found else 0.0
    reflection.save(update_fields=["effectiveness"])
    goals.keep_steps(result.steps, life, life.now)
    goals.keep_wishes(result.wishes, life, rules)
    _change(life, result, reflection)
    return reflection


def _borne_out(found: Sequence[Found], life: Life) -> float:
    """How much of what was understood stands in the lines it rests on, and the names."""
    text = {line.memory: line.text for line in life.lines}
    shares = []
    for one in found:
        said = content_words(one.content)
        known = content_words(" ".join([*(text.get(pk, "") for pk in one.evidence), *one.said]))
        known |= content_words(" ".join(life.names.values()))
        shares.append(len(said & known) / len(said) if said else 0.0)
    return round(sum(shares) / len(shares), 3) if shares else 0.0


def _felt(found: Sequence[Found]) -> float:
    return round(sum(abs(one.valence) for one in found) / len(found), 3) if found else 0.0


def _change(life: Life, result: _Result, reflection: Reflection) -> None:
    """Let traits drift, once a day; what would pass the bounds, and what else it wishes to be, is
    asked of the keeper."""
    lately = LearningEvent.objects.filter(
        character=life.me.id,
        learning_type=LearningEvent.Type.TRAIT,
        learning_date__gt=life.now - DRIFTS_AFTER,
        modification__status=SelfModification.Status.APPLIED,
    )
    wished: list[tuple[str, object, str, bool]] = [(*one, False) for one in result.changes]
    if not lately.exists():
        versions.ensure(life.me.id, life.now)
        original = versions.originals(life.me.id)
        current = Persona.objects.get(character=life.me.id).traits()
        for pull in result.pulls:
            field, now = f"persona.{pull.trait}", current[pull.trait]
            reached = drift.drifted(now, pull.by, original.get(pull.trait, now))
            if abs(reached - now) < 1e-6:  # at its bound: the keeper decides
                reached = round(min(1.0, max(0.0, now + pull.by)), 4)
            wished.append((field, reached, pull.reason, True))
    for field, value, why, is_worked_out in wished:
        try:
            with transaction.atomic():
                changes.propose(
                    life.me.id,
                    field,
                    value,
                    why,
                    is_worked_out=is_worked_out,
                    reflection=reflection,
                    now=life.now,
                )
        except changes.ChangeRefused:
            continue  # it is so already, or waits for the keeper already
