"""Opinions, as discussions form and move them. Each rests on rows that say who argued what; when
such a row goes (its message was taken back, its author is erased) the opinion is settled anew.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Q

from characters import opinion as formula
from characters.models import (
    FORMED_AFTER,
    Interest,
    Opinion,
    OpinionEvidence,
    Persona,
    Relationship,
)
from fishbowl.llm.offline.text import content_stems
from fishbowl.statements import saving_all, together
from memories.formation.findings import Discussion, Side
from memories.formation.outlook_rules import OutlookRules
from memories.formation.stretch import Heard, Stretch
from memories.formation.topics import form_of, speaks_of

STRANGER = 0.5  # trust in whom one doesn't know
QUOTED = 0.2  # sentiment from which an argument is a reason
REASONS = 3
NAMED = 0.3  # how much a reason is better for naming the topic
WRITTEN = (
    "sentiment",
    "interest_level",
    "confidence",
    "discussion_count",
    "reasoning",
    "formed_at",
    "last_reinforced_at",
)

Counted = dict[tuple[int, str], int]


def store(
    discussions: Sequence[Discussion],
    stretch: Stretch,
    is_open: Collection[int],
    rules: OutlookRules,
) -> Counted:
    """Count these discussions with everybody who heard them, weigh what was argued, and let stances
    form and move. Returns how often each (character, topic) has been discussed by now."""
    lines = {line.number: line for line in stretch.lines}
    holders = {
        one.topic: _holders(one, stretch)
        for one in discussions
        if any(n in lines for n in one.lines)
    }
    if not any(holders.values()):
        return {}
    at = stretch.lines[-1].at
    rows = _rows(holders, stretch.community_id, at, rules)
    minds = _Minds.of({key for keys in holders.values() for key in keys}, stretch)
    added: list[OpinionEvidence] = []
    moved: list[Opinion] = []
    for one in discussions:
        for holder in holders.get(one.topic, ()):
            row = rows[holder, one.topic]
            row.discussion_count += 1
            row.last_reinforced_at = max(at, row.last_reinforced_at or at)
            if row.is_locked:
                continue
            moved.append(row)
            for side in one.sides:
                line = lines.get(side.line)
                if line is not None and holder in stretch.witnesses[line.number]:
                    evidence = _evidence(row, side, line, minds, stretch, side.line in is_open)
                    if evidence is not None:
                        added.append(evidence)
    OpinionEvidence.objects.bulk_create(added)
    _settle(moved, minds)
    for row in moved:
        if row.formed_at is None and row.discussion_count >= FORMED_AFTER and row.reasoning:
            row.formed_at = at
    together(saving_all(list(rows.values()), *WRITTEN))
    return {key: row.discussion_count for key, row in rows.items()}


def _holders(one: Discussion, stretch: Stretch) -> list[int]:
    """Those who heard two lines of it at least, the same topic in two mouths."""
    heard: dict[int, int] = defaultdict(int)
    for number in one.lines:
        for witness in stretch.witnesses.get(number, ()):
            heard[witness] += 1
    return sorted(key for key, times in heard.items() if times >= min(2, len(one.lines)))


def _rows(
    holders: Mapping[str, Sequence[int]],
    community_id: int | None,
    at: dt.datetime,
    rules: OutlookRules,
) -> dict[tuple[int, str], Opinion]:
    """The rows of these opinions, made where there were none, and locked in the order of their
    keys. What was spoken of in passing, long ago, goes."""
    wanted = {(holder, topic) for topic, keys in holders.items() for holder in keys}
    everybody = sorted({holder for holder, _ in wanted})
    Opinion.objects.filter(
        character__in=everybody,
        community=community_id,
        formed_at__isnull=True,
        is_locked=False,
        last_reinforced_at__lt=at - dt.timedelta(days=rules.passing_days),
    ).delete()
    Opinion.objects.bulk_create(
        [
            Opinion(character_id=holder, community_id=community_id, topic=topic)
            for holder, topic in sorted(wanted)
        ],
        ignore_conflicts=True,
    )
    found = (
        Opinion.objects.select_for_update(no_key=True)
        .filter(character__in=everybody, community=community_id, topic__in=holders)
        .order_by("pk")
    )
    return {
        (row.character_id, row.topic): row
        for row in found
        if (row.character_id, row.topic) in wanted
    }


class _Minds:
    """What of these characters bears on how they take an argument: read at once."""

    def __init__(self, character_ids: Collection[int]) -> None:
        keys = list(character_ids)
        self.personas = {
            persona.character_id: persona
            for persona in Persona.objects.filter(character__in=keys).only(
                "character_id", "values", *Persona.TRAITS
            )
        }
        self.drawn: dict[int, list[tuple[frozenset[str], float]]] = defaultdict(list)
        for key, topic, weight in Interest.objects.filter(character__in=keys).values_list(
            "character_id", "topic", "weight"
        ):
            self.drawn[key].append((frozenset(content_stems(topic)), weight))
        self.trust: dict[tuple[int, str, int], float] = {}

    @classmethod
    def of(cls, character_ids: Collection[int], stretch: Stretch) -> _Minds:
        """With how they trust those who speak in a stretch."""
        minds = cls(character_ids)
        bonds = Relationship.objects.filter(
            Q(community=stretch.community_id) | Q(community__isnull=True),
            Q(to_character__in={x.character_id for x in stretch.lines if x.character_id})
            | Q(to_person__in={x.person_id for x in stretch.lines if x.person_id}),
            from_character__in=list(character_ids),
        ).order_by("community_id")
        rows = bonds.values_list("from_character_id", "to_character_id", "to_person_id", "trust")
        for holder, character, person, trust in reversed(rows):  # how it is here counts last
            target = ("character", character) if character else ("person", person or 0)
            minds.trust[holder, *target] = trust
        return minds

    def traits(self, holder: int) -> dict[str, float]:
        persona = self.personas.get(holder)
        return persona.traits() if persona else {}

    def interest(self, holder: int, topic: str) -> float:
        """How much a topic draws a character of itself."""
        stems = frozenset(content_stems(topic))
        fitting = [weight for known, weight in self.drawn[holder] if known and known & stems]
        return max(fitting, default=0.0)

    def lean(self, holder: int, topic: str) -> float:
        persona = self.personas.get(holder)
        stems = set(content_stems(topic))
        holds_to = persona is not None and any(
            stems & set(content_stems(value)) for value in persona.values
        )
        return formula.leaning(self.interest(holder, topic), holds_to, self.traits(holder))


def _evidence(
    row: Opinion, side: Side, line: Heard, minds: _Minds, stretch: Stretch, is_open: bool
) -> OpinionEvidence | None:
    """A side that was taken, as this holder takes it; of what nobody else may hear, no words."""
    holder = row.character_id
    is_own = line.character_id == holder
    kind, key = (
        ("character", line.character_id) if line.character_id else ("person", line.person_id)
    )
    trust = None if is_own else minds.trust.get((holder, kind, key or 0), STRANGER)
    taken = formula.taken(
        side.sentiment, trust=trust, traits=minds.traits(holder), certainty=side.certainty
    )
    if taken.weight < 0.02 or (not side.quote and abs(taken.sentiment) < 0.1):
        return None
    return OpinionEvidence(
        opinion=row,
        conversation_id=stretch.conversation_id,
        message_id=line.message_id,
        character_id=line.character_id,
        person_id=line.person_id,
        sentiment=round(taken.sentiment, 4),
        weight=round(taken.weight, 4),
        quote=side.quote[:300] if is_open else "",
        argued_at=line.at,
    )


# --- settling -------------------------------------------------------------------------------------


def _settle(rows: Sequence[Opinion], minds: _Minds) -> None:
    """Set sentiment, confidence, interest and reasons of opinions from what they rest on, and let
    go of what is older than the latest so many arguments."""
    resting: dict[int, list[OpinionEvidence]] = defaultdict(list)
    for one in (
        OpinionEvidence.objects.filter(opinion__in=rows)
        .select_related("character", "person")
        .defer("character__card", "character__system_note")
        .order_by("argued_at", "pk")
    ):
        resting[one.opinion_id].append(one)
    old: list[int] = []
    for row in rows:
        evidence = resting[row.pk]
        old += [one.pk for one in evidence[: -formula.WINDOW]]
        evidence = evidence[-formula.WINDOW :]
        traits = minds.traits(row.character_id)
        stance = formula.settle(
            [formula.Argument(one.sentiment, one.weight) for one in evidence],
            minds.lean(row.character_id, row.topic),
            formula.inertia(traits),
        )
        own = sum(one.character_id == row.character_id for one in evidence)
        row.sentiment, row.confidence = stance.sentiment, stance.confidence
        row.interest_level = formula.interest(
            minds.interest(row.character_id, row.topic), row.discussion_count, own
        )
        row.reasoning = reasons(row, evidence)
    OpinionEvidence.objects.filter(pk__in=old).delete()


def reasons(row: Opinion, evidence: Iterable[OpinionEvidence]) -> str:
    """What an opinion rests on, in words: its own first, then what others said for it, and the best
    that was said against it."""
    form = form_of(row.topic)
    latest: list[OpinionEvidence] = []
    for one in sorted(
        (one for one in evidence if one.quote),
        key=lambda one: (
            abs(one.sentiment) * one.weight + NAMED * speaks_of(one.quote, [form]),
            one.argued_at,
        ),
        reverse=True,
    ):  # one of each who argued, the plainest that names the topic
        if all((one.character_id, one.person_id) != (x.character_id, x.person_id) for x in latest):
            latest.append(one)
    own = [one for one in latest if one.character_id == row.character_id]
    others = [one for one in latest if one.character_id != row.character_id]
    agreeing = [one for one in others if _is_for(one, row)]
    opposed = [one for one in others if not _is_for(one, row) and abs(one.sentiment) >= QUOTED]
    said = [f"{formula.OWN}“{one.quote}”" for one in own[:1]]
    said += [
        f"{_name(one)}: “{one.quote}”" for one in agreeing[: REASONS - len(said) - bool(opposed)]
    ]
    said += [f"But {_name(one)}: “{one.quote}”" for one in opposed[:1]]
    return "\n".join(said)


def _is_for(one: OpinionEvidence, row: Opinion) -> bool:
    return bool(abs(one.sentiment) < QUOTED or (one.sentiment > 0) == (row.sentiment >= 0))


def _name(one: OpinionEvidence) -> str:
    if one.character is not None:
        return one.character.name
    return one.person.name if one.person else "Somebody"


def unlearn(message_ids: Collection[int], person_id: int | None = None) -> int:
    """Take away what was argued in these messages, or by a person, and settle anew what rested on
    it; an opinion that rests on nothing any more goes. Within the caller's transaction. Returns
    how many arguments went."""
    gone = OpinionEvidence.objects.filter(
        Q(message__among=message_ids) | (Q(person=person_id) if person_id else Q(pk__in=[]))
    )
    touched = set(gone.values_list("opinion_id", flat=True))
    if not touched:
        return 0
    rows = list(
        Opinion.objects.select_for_update(no_key=True).filter(pk__in=touched).order_by("pk")
    )
    count, _ = gone.delete()
    _settle(rows, _Minds({row.character_id for row in rows}))
    bare = [row.pk for row in rows if not row.reasoning and not row.is_locked]
    left = set(
        OpinionEvidence.objects.filter(opinion__in=bare).values_list("opinion_id", flat=True)
    )
    lost = [pk for pk in bare if pk not in left]
    Opinion.objects.filter(pk__in=lost).delete()
    if kept := [row for row in rows if row.pk not in lost]:
        together(saving_all(kept, *WRITTEN))
    return count
