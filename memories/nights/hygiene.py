"""An audit of what all remember: the same words twice, words that say nothing, and characters that
hear themselves. What it finds is set aside, not deleted, and one call brings it back. It measures,
too, how often a question that has nothing to do with somebody's memories brings any of them up.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from characters.models import Character
from memories.embedding.embedding import Vector, embed_or_wait
from memories.formation.echo import content_words
from memories.formation.traces import quoted
from memories.models import HygieneFinding, HygieneRun, Memory, MemoryKind
from memories.models.runs import FindingKind
from memories.nights.candidates import SAID, Candidate, Candidates, read
from memories.nights.consolidation import is_same
from memories.nights.ending import Ending
from memories.recall import caches
from memories.recall.names import Names, known_names
from memories.recall.recall import recall
from memories.rules import in_force
from memories.view import Audience

AUDITED = frozenset(MemoryKind.values) - {MemoryKind.LORE, MemoryKind.RAG, MemoryKind.SUMMARY}
KEPT_IMPORTANCE = 7.0  # what matters as much isn't vague
ECHO_FROM = 0.93  # cosine from which a line may be the owner's own words coming back
ECHO_WORDS = 4
# Words that carry no meaning without those around them, beside those of `echo.COMMON`.
_LIGHT = content_words(
    """
    actually ah almost already always anyway away back bit come does doing done either else enough
    even ever every everybody everyone everything exactly feel fine good great guess ha half hear
    heard hello hey hm hmm idea indeed kind last least let lot many matter maybe mean might mind
    much must never next nice nobody nothing oh ok okay old only other perhaps please point quite
    rather really right same see sometimes somebody someone something sound still suppose sure take
    talk tell thank thanks thing think thought today tonight true try use want way welcome well
    wonder wrong yes yeah yet
    """
)
_NUMBER = re.compile(r"\d")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
UNRELATED = 0.35  # cosine below which a question has nothing to do with a memory


@dataclass(frozen=True, slots=True)
class Found:
    """Something to set aside: why, and what it repeats."""

    kind: str
    memory_id: int
    detail: str
    beside_id: int | None = None


# --- the audit ------------------------------------------------------------------------------------


def audit(now: dt.datetime | None = None) -> HygieneRun:
    """Look through what was stored lately, for every character that isn't paused, set aside what
    is of no use, and measure false recall. An audit that was cut short is gone on with.

    Raises:
        DatabaseError, GatewayError: something is away; what was found holds.
    """
    now = now or timezone.now()
    run = HygieneRun.objects.filter(finished_at__isnull=True).first()
    run = run or HygieneRun.objects.create(started_at=now)
    since = now - dt.timedelta(days=in_force().audit_days)
    with Ending(HygieneRun.objects.filter(pk=run.pk), now) as ending:
        # What was set aside before it was cut short is read no more.
        run.examined = run.findings.filter(reverted_at__isnull=True).count()
        for pk in Character.objects.active().order_by("pk").values_list("pk", flat=True):
            memories = read(pk, AUDITED)
            run.examined += sum(row.met_at >= since for row in memories.rows)
            _set_aside(run, find(memories, since), memories.rows, now)
        run.false_recall = false_recall(now)
        run.found, run.error = run.findings.count(), ""
        run.finished_at = max(ending.at, run.started_at)
        run.save()
    return run


def find(memories: Candidates, since: dt.datetime) -> list[Found]:
    """What of an owner's memories, stored since `since`, is to be set aside; each once."""
    found: dict[int, Found] = {}
    for one in (
        *_duplicates(memories.rows, since),
        *_vague(memories.rows, since),
        *_echoes(memories, since),
    ):
        found.setdefault(one.memory_id, one)
    # What is set aside is no reason to set another aside.
    return [one for one in found.values() if one.beside_id not in found]


def _duplicates(rows: Sequence[Candidate], since: dt.datetime) -> Iterator[Found]:
    """The same words in the same order, whatever stands between them."""
    first: dict[tuple[object, ...], Candidate] = {}
    for row in rows:
        words = tuple(word.casefold().replace("’", "'") for word in _WORD.findall(row.content))
        kept = first.setdefault((*row.sameness, words, row.content.rstrip("”").endswith("?")), row)
        if kept is not row and row.met_at >= since:
            yield Found(FindingKind.DUPLICATE, row.id, "It says the same word for word.", kept.id)


def _vague(rows: Sequence[Candidate], since: dt.datetime) -> Iterator[Found]:
    """Nothing but names and words that mean nothing by themselves. One word that does is enough:
    'In Corran.' may be the answer to a question."""
    names = known_names()
    for row in rows:
        if row.met_at < since or row.importance >= KEPT_IMPORTANCE:
            continue
        said = quoted(row.content) if row.kind in SAID else None
        text = said[1] if said else row.content
        if not _telling(text, names) and not _NUMBER.search(text):
            yield Found(
                FindingKind.VAGUE, row.id, "Names and words that say nothing by themselves."
            )


def _telling(text: str, names: Names) -> frozenset[str]:
    """The words of a text that say something by themselves."""
    return frozenset(
        word
        for word in content_words(text) - _LIGHT
        if word not in names.characters and word not in names.people
        and len(word) > 1 and "'" not in word
    )  # fmt: skip


def _echoes(memories: Candidates, since: dt.datetime) -> Iterator[Found]:
    """The owner's own words, said again by another character, or remembered once more as if they
    were news. What a person says stays: it is new that they say it."""
    rows, vectors = memories.rows, memories.vectors
    own = [row.place for row in rows if _is_own(row)]
    fresh = [
        row
        for row in rows
        if row.met_at >= since
        and row.told_by_person_id is None
        and len(content_words(row.content)) >= ECHO_WORDS
    ]
    if not own or not fresh:
        return
    likeness = vectors[[row.place for row in fresh]] @ vectors[own].T
    for at, row in enumerate(fresh):
        for near in np.flatnonzero(likeness[at] >= ECHO_FROM):
            other = rows[own[int(near)]]
            # Its own line is where it knows it from: the memory of that stays, what was made of it
            # in the same words goes.
            is_later = (other.created_at, other.id) < (row.created_at, row.id)
            if other.id != row.id and is_later and _says_again(row, other):
                yield Found(
                    FindingKind.SELF_ECHO, row.id, "Its owner's own words come back.", other.id
                )
                break


def _is_own(row: Candidate) -> bool:
    return (
        row.kind == MemoryKind.CONVERSATION
        and row.told_by_person_id is None
        and row.told_by_character_id is None
    )


def _says_again(row: Candidate, other: Candidate) -> bool:
    one, two = (quoted(x.content) or ("", x.content) for x in (row, other))
    return is_same(one[1], two[1])


@transaction.atomic
def _set_aside(
    run: HygieneRun, found: Iterable[Found], rows: Iterable[Candidate], now: dt.datetime
) -> int:
    """Archive what was found, unless it has been locked, archived or brought back by a keeper, or
    reads otherwise by now; and so what it repeats, which another may speak for since."""
    by_id = {one.memory_id: one for one in found}
    beside = {one.beside_id for one in by_id.values() if one.beside_id is not None}
    contents = {row.id: row.content for row in rows if row.id in by_id.keys() | beside}
    held = (
        Memory.objects.select_for_update(of=("self",))
        .filter(pk__in=contents, is_locked=False)
        .exclude(tier=Memory.Tier.ARCHIVED)
        .order_by("pk")
        .defer("search", "embedding")
    )
    as_read = {memory.pk: memory for memory in held if memory.content == contents[memory.pk]}
    back = HygieneFinding.objects.filter(memory__in=by_id, reverted_at__isnull=False)
    brought_back = set(back.values_list("memory", flat=True))
    memories = [
        as_read[pk]
        for pk, one in by_id.items()
        if pk in as_read and pk not in brought_back and one.beside_id in {None, *as_read}
    ]
    HygieneFinding.objects.bulk_create(
        [
            HygieneFinding(
                run=run,
                kind=by_id[memory.pk].kind,
                memory=memory,
                beside_id=by_id[memory.pk].beside_id,
                tier_before=memory.tier,
                detail=by_id[memory.pk].detail[:300],
                found_at=now,
            )
            for memory in memories
        ],
        ignore_conflicts=True,
    )
    Memory.objects.filter(pk__in=[memory.pk for memory in memories]).update(
        tier=Memory.Tier.ARCHIVED, decayed_on=now.date(), updated_at=now
    )
    caches.touch({memory.owner_id for memory in memories})
    return len(memories)


@transaction.atomic
def revert(finding: HygieneFinding, now: dt.datetime | None = None) -> bool:
    """Bring back what an audit set aside; no later audit sets it aside again. False where it was
    brought back already."""
    now = now or timezone.now()
    claimed = HygieneFinding.objects.filter(pk=finding.pk, reverted_at__isnull=True)
    if not claimed.update(reverted_at=now):
        return False
    finding.reverted_at = now
    # What was merged since is spoken for by another memory: `unmerge` brings that back.
    Memory.objects.filter(
        pk=finding.memory_id, tier=Memory.Tier.ARCHIVED, merged_into__isnull=True
    ).update(tier=finding.tier_before, decayed_on=now.date(), updated_at=now)
    caches.touch([finding.memory.owner_id])
    return True


# --- false recall ---------------------------------------------------------------------------------

# Of all sorts of things; what a society does speak of is left out where it does.
QUESTIONS = (
    "Which motherboard fits this processor?",
    "How do I renew my passport?",
    "Who won the cricket world cup in 1996?",
    "Why does my motorcycle burn so much oil?",
    "What's the capital of Mongolia?",
    "Can you recommend a good tax accountant?",
    "How does a vaccine train the immune system?",
    "What is the difference between a llama and an alpaca?",
    "Did you watch the basketball final?",
    "How many calories are in an avocado?",
    "Which airline allows two suitcases?",
    "How do I center a div with a stylesheet?",
    "What should I plant in a desert garden?",
    "Is the stock market going to crash?",
    "Who painted the ceiling of the Sistine Chapel?",
    "My printer says the cartridge is empty, what now?",
    "How long does the subway take to the stadium?",
    "What's a good opening against the Sicilian defence?",
    "Have you ever ridden a camel through the Sahara?",
    "Which university has the best law faculty?",
    "How do volcanoes form?",
    "Does this mortgage have a fixed interest rate?",
    "When does the new season of that detective series start?",
    "How do I teach my parrot to whistle?",
)
_NEAREST = """
    SELECT max(1 - (embedding <=> %(vector)s::halfvec)) FROM memories_memory
    WHERE (owner_id = %(owner)s OR owner_id IS NULL) AND embedding_model_id = %(model)s
"""


def false_recall(now: dt.datetime) -> float | None:
    """The share of unrelated questions that brought up anything, each asked of one character that
    has nothing near it in meaning. None where nobody can be asked, or the questions have no
    vectors."""
    whom = list(
        Memory.objects.filter(owner__status=Character.Status.ACTIVE)
        .order_by("owner")
        .values_list("owner")
        .annotate(community=Max("community"))
    )
    asked = brought_up = 0
    for at, vector in enumerate(embed_or_wait(QUESTIONS, use="query")):
        if vector is None:
            return None
        for owner, community in (*whom[at % len(whom) :], *whom[: at % len(whom)]) if whom else ():
            if _nearest(owner, vector) < UNRELATED:
                hits = recall(owner, Audience(community=community), QUESTIONS[at], now=now, limit=1)
                asked += 1
                brought_up += bool(hits)
                break
    return brought_up / asked if asked else None


def _nearest(owner_id: int, vector: Vector) -> float:
    with connection.cursor() as cursor:
        cursor.execute(
            _NEAREST, {"owner": owner_id, "vector": vector.to_text(), "model": vector.model_id}
        )
        likeness: float | None = cursor.fetchone()[0]
    return likeness or 0.0
