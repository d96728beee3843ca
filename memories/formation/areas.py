"""What characters know about, as talk has it grow; and what they come to know by talk alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from characters import expertise
from characters.models import KnowledgeArea, Relationship
from fishbowl.statements import saving_all, together
from memories.formation.findings import Discussion
from memories.formation.outlook_rules import OutlookRules
from memories.formation.stances import valence
from memories.formation.stretch import Heard, Stretch
from memories.formation.topics import form_of

WRITTEN = ("expertise_level", "passion", "evidence_count", "grown_at")
STRANGER = 0.5


def store(
    discussions: Sequence[Discussion],
    stretch: Stretch,
    counted: Mapping[tuple[int, str], int],
    rules: OutlookRules,
) -> None:
    """Let everybody who heard a topic discussed know more of it. `counted` is how often each has
    heard it discussed by now; often enough, and it becomes something that one knows about."""
    if not counted:
        return
    lines = {line.number: line for line in stretch.lines}
    at = stretch.lines[-1].at
    keys = sorted({holder for holder, _ in counted} | {x.character_id or 0 for x in stretch.lines})
    areas: dict[int, list[KnowledgeArea]] = defaultdict(list)
    for row in (
        KnowledgeArea.objects.select_for_update(no_key=True)
        .filter(character__in=keys)
        .order_by("pk")
    ):
        areas[row.character_id].append(row)
    trust = _trust(keys, stretch)
    grown: dict[int, KnowledgeArea] = {}
    new: list[KnowledgeArea] = []
    for one in discussions:
        said = [lines[n] for n in one.lines if n in lines]
        for holder in sorted(h for h, topic in counted if topic == one.topic):
            own = [line for line in said if line.character_id == holder]
            area = next((a for a in areas[holder] if is_about(a.topic, one.topic)), None)
            if area is None:
                if own and _is_due(counted[holder, one.topic], areas[holder], rules):
                    area = KnowledgeArea(
                        character_id=holder,
                        topic=one.topic,
                        expertise_level=expertise.BEGINS_AT,
                        passion=0.4,
                        evidence_count=counted[holder, one.topic],
                        is_learned=True,
                        grown_at=at,
                    )
                    areas[holder].append(area)
                    new.append(area)
                continue
            if area.is_locked or area.pk is None:
                continue
            _grow(area, one.topic, own, said, areas, trust)
            area.grown_at = at
            grown[area.pk] = area
    KnowledgeArea.objects.bulk_create(new, ignore_conflicts=True)
    if grown:
        together(saving_all(list(grown.values()), *WRITTEN))


def _grow(
    area: KnowledgeArea,
    topic: str,
    own: Sequence[Heard],
    said: Sequence[Heard],
    areas: Mapping[int, Sequence[KnowledgeArea]],
    trust: Mapping[tuple[int, int], float],
) -> None:
    """One discussion more: from whoever of those who spoke can teach most, and by speaking up."""
    holder = area.character_id
    lessons = [
        (other.expertise_level, trust.get((holder, line.character_id), STRANGER))
        for line in said
        if line.character_id and line.character_id != holder
        for other in areas.get(line.character_id, ())
        if is_about(other.topic, topic)
    ]
    teacher, believed = max(
        lessons, key=lambda x: (x[0] - area.expertise_level) * x[1], default=(0.0, 0.0)
    )
    tone = sum(valence(line.text) for line in own) / len(own) if own else 0.0
    area.expertise_level = expertise.grown(area.expertise_level, len(own), teacher, believed)
    area.passion = expertise.stirred(area.passion, len(own), tone)
    area.evidence_count += 1


def is_about(area: str, topic: str) -> bool:
    """Whether an area of knowledge is that topic, or a part of it: 'hand tools' is of 'tools'."""
    known, asked = set(form_of(area)), set(form_of(topic))
    return bool(asked) and (asked <= known or known <= asked)


def _is_due(count: int, known: Sequence[KnowledgeArea], rules: OutlookRules) -> bool:
    learned = sum(area.is_learned for area in known)
    return count >= expertise.COMES_AFTER and learned < rules.areas_most


def _trust(keys: Sequence[int], stretch: Stretch) -> dict[tuple[int, int], float]:
    rows = Relationship.objects.filter(
        from_character__in=keys, to_character__in=keys, community=stretch.community_id
    ).values_list("from_character_id", "to_character_id", "trust")
    return {(holder, other): trust for holder, other, trust in rows if other}
