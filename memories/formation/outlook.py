"""What a stretch of talk does to how those who heard it think: opinions, knowledge, what two share,
and what is known of how people like to talk. Read with the rest of the stretch, by the same model
call or by rules, and stored in the same transaction. Nothing of the kind comes of talk among
adults: opinions, knowledge and what two share are said anywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from memories.formation import areas, habits, opinions, proposals, references, shared, topics
from memories.formation.findings import Discussion, Findings
from memories.formation.mentions import matter
from memories.formation.outlook_rules import OutlookRules
from memories.formation.stances import sides
from memories.formation.stretch import Heard, Stretch
from memories.formation.topics import Vocabulary
from memories.models.memory import Visibility


def read(findings: Findings, fresh: Stretch, levels: Mapping[int, str]) -> Findings:
    """The findings with what is discussed and proposed in a stretch and what two share in it: as
    the model that read it says, else by rules. `levels` are how openly each line may be
    repeated."""
    if not fresh.lines:
        return findings
    if fresh.is_adult:
        return replace(findings, discussions=(), references=(), proposals=())
    is_open = open_lines(fresh, levels)
    if findings.by != "rules" and len(is_open) == len(fresh.lines):
        return findings
    known = topics.vocabulary(sorted(fresh.everybody()), fresh.community_id)
    if findings.by != "rules":
        return _as_open(findings, is_open, known)
    spoken = [replace(line, text=matter(line.text, known.titles)) for line in fresh.lines]
    said = [line for line in spoken if line.number in is_open]
    names = [*known.names, *(line.speaker for line in fresh.lines)]
    return replace(
        findings,
        discussions=discussions(spoken, known, is_open),
        references=tuple(references.shared(said, names)),
        proposals=proposals.read(fresh.lines, is_open),
    )


def discussions(
    spoken: Sequence[Heard], known: Vocabulary, is_open: Collection[int]
) -> tuple[Discussion, ...]:
    """What is discussed in some lines, and who takes which side, by rules. Pure."""
    return tuple(
        Discussion(one.topic, one.lines, tuple(sides(spoken, one)))
        for one in topics.discussed(spoken, known, is_open)
    )


def _as_open(findings: Findings, is_open: frozenset[int], known: Vocabulary) -> Findings:
    """What a model found, as far as anybody may hear of it: beside what was discussed openly, talk
    of topics that are known anyhow."""
    return replace(
        findings,
        discussions=tuple(
            one
            for one in findings.discussions
            if one.topic in known.keys or is_open.issuperset(one.lines)
        ),
        references=tuple(one for one in findings.references if is_open.issuperset(one.lines)),
        proposals=proposals.open_ones(findings.proposals, is_open),
    )


def open_lines(stretch: Stretch, levels: Mapping[int, str]) -> frozenset[int]:
    """The lines that anybody may hear of: of these alone new topics and quotes are taken."""
    if not stretch.is_open:
        return frozenset()
    return frozenset(
        line.number
        for line in stretch.lines
        if levels.get(line.number, Visibility.PUBLIC) == Visibility.PUBLIC
    )


def store(
    findings: Findings, stretch: Stretch, levels: Mapping[int, str], rules: OutlookRules
) -> None:
    """Have everybody who heard it think on, within the caller's transaction."""
    if not stretch.lines:
        return
    counted = opinions.store(findings.discussions, stretch, open_lines(stretch, levels), rules)
    areas.store(findings.discussions, stretch, counted, rules)
    shared.store(findings.references, stretch, rules)
    habits.store(stretch)
