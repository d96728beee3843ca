"""A correction in a few words, as what it means: "no, I said Tuesday" is "my exam is on Tuesday",
to those who know what was said of the exam, in this talk or on another day; and so is "she is home
again" of the mother that they told of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from fishbowl.llm.offline.kinds import as_said
from fishbowl.llm.offline.mending import Correction, correction_in, put_right
from fishbowl.llm.offline.text import called_in, without_call
from fishbowl.llm.offline.theirs import goes_on, meant_by
from fishbowl.llm.offline.told import clauses_in
from fishbowl.statements import planned
from memories.formation.dedupe import TALK
from memories.formation.stretch import Heard, Stretch
from memories.formation.telling import CALL, dated


@dataclass(frozen=True, slots=True)
class _Told:
    """Something that the one who corrects it told before: who heard it, and the memories of it."""

    text: str
    owners: frozenset[int]
    memories: tuple[int, ...] = ()
    at: dt.datetime | None = None  # when, where it is told in the third person


_KNOWN = """
    SELECT id, owner_id, content, occurred_at FROM memories_memory known
    WHERE about_person_id = %(person)s AND owner_id = ANY(%(owners)s) AND kind <> ALL(%(talk)s)
      AND tier <> 'archived' AND (community_id IS NULL OR community_id = %(community)s)
      AND (NOT is_adult OR %(adult)s)
      AND NOT EXISTS (SELECT FROM memories_memorylink
                      WHERE to_memory_id = known.id AND link_type = 'supersedes')
    ORDER BY occurred_at, id
"""


def restated(stretch: Stretch) -> Stretch:
    """The stretch with each correction of a person's as the sentence that it makes of what they
    told before, and whom of theirs they mean by he or she named where that is plain: heard by those
    alone who know that. What is neither stays as it is. Asks the database only where a line is."""
    lines, witnesses = list(stretch.lines), dict(stretch.witnesses)
    called = {line.speaker.lower() for line in lines}
    for at, line in enumerate(lines):
        said = without_call(line.text, called_in(line.text, called))
        correction = correction_in(said) or correction_in(CALL.sub("", said))
        if line.person_id is None or not (correction or goes_on(said)):
            continue
        owners = stretch.witnesses[line.number]
        told = [*_known(line, stretch, owners), *_said(lines[:at], line, witnesses, called)]
        if correction is None:
            if going_on := _gone_on(said, told, lines[:at], line, called):
                text, of = going_on
                lines[at] = replace(line, text=text, recalled=of.memories)
                witnesses[line.number] = owners & of.owners
            continue
        meant = _meant(correction, told, lines[at - 1] if at else None, line)
        if meant is not None:
            text, of, was = meant
            lines[at] = replace(line, text=text, recalled=of.memories, instead=was)
            witnesses[line.number] = owners & of.owners
    return replace(stretch, lines=tuple(lines), witnesses=witnesses)


def _meant(
    correction: Correction, told: Sequence[_Told], before: Heard | None, line: Heard
) -> tuple[str, _Told, str] | None:
    heard = before.text if before is not None and before.person_id != line.person_id else ""
    found = put_right(correction, [one.text for one in told], heard)
    if found is None:
        return None
    of, text = told[found.at], found.text
    if of.at is not None:
        text = as_said(dated(text, of.at), line.speaker)
    return text, of, found.was


def _gone_on(
    said: str, told: Sequence[_Told], before: Sequence[Heard], line: Heard, called: set[str]
) -> tuple[str, _Told] | None:
    """A line that goes on to tell of somebody as he or she, with whom they mean."""
    texts = [one.text if one.at is None else as_said(one.text, line.speaker) for one in told]
    since = [without_call(one.text, called_in(one.text, called)) for one in before]
    found = meant_by(said, texts, since)
    return (found[1], told[found[0]]) if found else None


def _known(line: Heard, stretch: Stretch, owners: frozenset[int]) -> Iterator[_Told]:
    """What those who hear a line remember of its speaker, oldest first."""
    rows = planned(
        _KNOWN,
        person=line.person_id,
        owners=sorted(owners),
        talk=[kind.value for kind in TALK],
        community=stretch.community_id,
        adult=stretch.is_adult,
    )
    by_text: dict[str, list[tuple[int, int, dt.datetime]]] = {}
    for key, owner, content, at in rows:
        by_text.setdefault(content, []).append((key, owner, at))
    for content, held in by_text.items():
        keys, known_to, times = zip(*held, strict=True)
        yield _Told(content, frozenset(known_to), tuple(keys), max(times))


def _said(
    lines: Sequence[Heard], line: Heard, witnesses: dict[int, frozenset[int]], called: set[str]
) -> Iterator[_Told]:
    """What they have said themselves in this stretch, oldest first."""
    for one in lines:
        if one.person_id == line.person_id:
            for clause in clauses_in(one.text, called):
                yield _Told(clause, witnesses[one.number])
