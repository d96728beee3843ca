"""What becomes memory when a stretch of talk pauses.

Everything slow (the model, the vectors) comes first and holds nothing; then all of it is stored in
one transaction, together with whatever the caller moves to say that the stretch is done.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction

from fishbowl.statements import planned
from memories import gathering, revising, scratchpad
from memories.embedding.embedding import Vector, active_model_id, embed_or_wait
from memories.embedding.matrices import matrix, unit
from memories.formation import (
    discretion,
    extraction,
    facts,
    importance,
    outlook,
    outlook_rules,
    traces,
)
from memories.formation.distilling import distil, store_distilled
from memories.formation.echo import repeats
from memories.formation.entities import tidy
from memories.formation.findings import Findings
from memories.formation.mending import restated
from memories.formation.pronouns import pronouns_of
from memories.formation.stretch import Heard, Stretch
from memories.formative import remember_all_formative, remember_formative
from memories.rules import in_force
from memories.writing import Stored

__all__ = [
    "Formed",
    "form",
    "message_changed",
    "remember_all_formative",
    "remember_formative",
]

RECENT = 300  # memories that a line is compared with to tell how new it is


@dataclass(frozen=True, slots=True)
class Formed:
    """What became of a stretch; of one that was somebody else's to form, nothing."""

    is_stored: bool = False
    traces: tuple[Stored, ...] = ()
    memories: tuple[int, ...] = ()
    strengthened: int = 0
    facts: int = 0
    notes: int = 0


def form(
    stretch: Stretch,
    *,
    earlier: Stretch | None = None,
    claim: Callable[[], bool] | None = None,
    also: Callable[[Findings], None] | None = None,
) -> Formed:
    """Make memories of a stretch of talk for all who heard it: the lines, what was learned from
    them, facts about people, notes for who goes on talking, and what they think by now.

    `earlier` are lines that were formed before, for who came in since and has read them. `claim` is
    called within the transaction that stores everything, before anything is written, and says
    whether it is still to be stored: it moves what the caller keeps count by. `also` is called
    there too, with all that was found, for what the caller itself makes of it.
    """
    rules = in_force(community=stretch.community_id)
    heard = on_record(stretch)
    before = on_record(earlier) if earlier is not None else None
    lines = [*(before.lines if before else ()), *heard.lines]
    told_again = facts.said_again(lines)
    levels = {
        number: discretion.strictest(level, *told_again.get(number, ()))
        for number, level in discretion.of_lines(lines).items()
    }
    fresh = replace(
        heard, lines=tuple(x for x in _fresh(heard.lines) if x.number not in told_again)
    )
    fresh = restated(fresh)
    pronouns = pronouns_of(fresh.lines)
    findings = extraction.find(fresh, levels, pronouns, rules) if fresh.lines else Findings()
    findings = outlook.read(findings, fresh, levels)
    vectors = _vectors([heard, *([before] if before else [])], findings)
    made = [
        traces.prepare(one, vectors.lines, _importance(one, findings, vectors.lines), levels)
        for one in (before, heard)
        if one is not None
    ]
    distilled = distil(findings, fresh, rules)
    active_model_id()  # a first deployment makes it: not in a transaction that may be rolled back
    with transaction.atomic(), gathering.at_once():
        if claim is not None and not claim():
            return Formed()
        stored = [one for each in made for one in traces.keep(each)]
        learned = store_distilled(distilled, fresh, vectors.texts, stored, rules)
        notes = scratchpad.write(findings.notes, fresh, rules)
        outlook.store(findings, heard, levels, outlook_rules.in_force())
        if also is not None:
            also(findings)
    return Formed(
        True,
        tuple(stored),
        learned.memories,
        learned.strengthened,
        learned.facts,
        notes,
    )


def message_changed(message_id: int, new_text: str | None) -> revising.Changed:
    """Bring memory in line with a message that now says something else, or (None) was taken away.

    The line is remembered as it now reads, by those who heard it; what had been learned from the
    old words, and whatever was made of that, is erased, locked or not, and what the new words tell
    is learned anew, by the rules. A statement that other messages made too stays. Not in a
    transaction: it may ask an embedding server.
    """
    changed = revising.change(message_id, new_text)
    if changed.stretch is not None:
        _learn(changed.stretch)
    return changed


def _learn(stretch: Stretch) -> None:
    rules = in_force(community=stretch.community_id)
    heard = restated(on_record(stretch))
    findings = extraction.by_rules(heard, pronouns_of(heard.lines))
    vectors = _vectors([heard], findings)
    with transaction.atomic(), gathering.at_once():
        store_distilled(distil(findings, heard, rules), heard, vectors.texts, [], rules)


def on_record(stretch: Stretch) -> Stretch:
    """A stretch without what nobody may remember."""
    silent = discretion.off_record(stretch.lines)
    return replace(stretch, lines=tuple(x for x in stretch.lines if x.number not in silent))


_CONTENTS = "SELECT id, content FROM memories_memory WHERE id = ANY(%(memories)s)"


def _fresh(lines: Sequence[Heard]) -> tuple[Heard, ...]:
    """The lines in which nobody says again what they recalled: of those alone something is
    learned, or what is remembered would feed on itself."""
    known = sorted({pk for line in lines for pk in line.recalled})
    found = planned(_CONTENTS, memories=known) if known else []
    recalled = {pk: str(content) for pk, content in found}
    return tuple(
        line
        for line in lines
        if not any(repeats(recalled[pk], line.text) for pk in line.recalled if pk in recalled)
    )


@dataclass(frozen=True, slots=True)
class _Vectors:
    """Vectors of lines by number, and of other texts by the text."""

    lines: Mapping[int, Vector | None]
    texts: Mapping[str, Vector]


def _vectors(stretches: Sequence[Stretch], findings: Findings) -> _Vectors:
    kept = {n: text for one in stretches for n, text in traces.embedded_texts(one).items()}
    others = {statement.content for statement in findings.statements} | {
        tidy(named.name) for statement in findings.statements for named in statement.named
    }
    texts = list(dict.fromkeys([*kept.values(), *sorted(others)]))
    had = dict(zip(texts, embed_or_wait(texts), strict=True))
    return _Vectors(
        {number: had[text] for number, text in kept.items()},
        {text: vector for text, vector in had.items() if vector is not None},
    )


def _importance(
    stretch: Stretch, findings: Findings, vectors: Mapping[int, Vector | None]
) -> dict[int, float]:
    told = {number for statement in findings.statements for number in statement.lines}
    novelty = _novelty(stretch, vectors)
    return {
        line.number: importance.weigh(
            importance.of_line(
                at,
                stretch.lines,
                novelty=novelty.get(line.number, 0.5),
                tells_of_self=line.number in told,
            )
        )
        for at, line in enumerate(stretch.lines)
    }


# What somebody remembers of late, asked for once for all lines.
_RECENT = """
    SELECT owner.id, halfvec_send(recent.embedding)
    FROM unnest(%(owners)s::bigint[]) AS owner (id), LATERAL (
      SELECT embedding FROM memories_memory
      WHERE owner_id = owner.id AND embedding_model_id = %(model)s
      ORDER BY occurred_at DESC, id DESC LIMIT %(most)s
    ) recent
"""


def _novelty(stretch: Stretch, vectors: Mapping[int, Vector | None]) -> dict[int, float]:
    """How unlike each line that has a vector is to what one of those who heard it remembers of
    late, by its number."""
    heard: dict[int, list[tuple[int, Vector]]] = defaultdict(list)
    for line in stretch.lines:
        vector, owner = vectors.get(line.number), min(stretch.witnesses[line.number], default=None)
        if vector is not None and owner is not None:
            heard[owner].append((line.number, vector))
    if not heard:
        return {}
    model = next(iter(heard.values()))[0][1].model_id
    remembered: dict[int, list[bytes]] = defaultdict(list)
    for owner, sent in planned(_RECENT, owners=list(heard), model=model, most=RECENT):
        remembered[owner].append(sent)
    novelty = {}
    for owner, lines in heard.items():
        recent = unit(matrix(remembered[owner]))
        for number, vector in lines:
            nearest = float((recent @ unit([vector.to_numpy()])[0]).max()) if len(recent) else 0.2
            novelty[number] = min(1.0, max(0.0, 1.0 - nearest))
    return novelty
