"""What spreads from one character to the others, as they say it: phrases, subjects and dreams. What
did is a row, and is damped in recall and prompts until it falls out of use or a keeper allows it.

Read from what all remember of what was said to everybody: what was confided, or said among adults
alone, is nothing to be named here. A dream is anybody's own; of one that spread, only the words
that the others took over stand in its row.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db import connection, transaction
from django.db.models import Q

from characters.models import Character, Community, SpeechStyle
from fishbowl.statements import planned
from memories.embedding.embedding import active_model_id
from memories.embedding.matrices import Matrix, matrix, unit
from memories.formation.echo import COMMON
from memories.formation.traces import quoted
from memories.models import Contagion
from memories.models.runs import ContagionKind
from memories.nights.clusters import stars
from memories.nights.spread import Bounds, Spoken, Spread, judge, phrases, words
from memories.rules import MemoryRules, in_force

HISTORY = dt.timedelta(days=30)
MOST = 10_000  # lines that are looked at, the latest
TOPIC_FROM = 0.72
TOPIC_TALKS = 4
TOPIC_WORDS = 3
DREAM_FROM = 0.70
FRESH_FOR_S = 30.0
MOST_AVOIDED = 12  # phrases that a prompt says to leave alone

_kept: dict[tuple[int, str], tuple[float, tuple[str, ...]]] = {}
_lock = threading.Lock()


# --- for prompts ----------------------------------------------------------------------------------


_DAMPED = """
    SELECT text FROM memories_contagion
    WHERE community_id = %(community)s AND kind = %(kind)s AND is_damped
    ORDER BY last_seen_at DESC, id
"""


def damped(community_id: int, kind: str = ContagionKind.PHRASE) -> tuple[str, ...]:
    """What has spread in a community and is to be left alone for a while, the latest first; at most
    half a minute old."""
    now, key = time.monotonic(), (community_id, str(kind))
    with _lock:
        known = _kept.get(key)
        if known and now - known[0] < FRESH_FOR_S:
            return known[1]
    texts = tuple(text for (text,) in planned(_DAMPED, community=community_id, kind=str(kind)))
    with _lock:
        _kept[key] = (now, texts)
    return texts


def worn_out(community_id: int, own: Sequence[str] = ()) -> tuple[str, ...]:
    """The phrases that a speaker leaves alone for a while: those in everybody's mouth, but not its
    `own` signature."""
    theirs = [f" {' '.join(words(phrase))} " for phrase in own]
    return tuple(
        text
        for text in damped(community_id)[:MOST_AVOIDED]
        if not any(f" {text} " in phrase or phrase in f" {text} " for phrase in theirs)
    )


def forget_damped() -> None:
    """Read it anew at the next call."""
    with _lock:
        _kept.clear()


def allow(contagion: Contagion) -> None:
    """Let something be, for good: a keeper's wish."""
    contagion.is_allowed, contagion.is_damped = True, False
    contagion.save(update_fields=["is_allowed", "is_damped"])
    transaction.on_commit(forget_damped)


# --- noticing -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Talk:
    """What the characters of a community said of late, oldest first, with the vectors of the lines
    that have one: a row of zeros is like nothing."""

    lines: Sequence[Spoken]
    vectors: Matrix


def notice_all(now: dt.datetime) -> int:
    """Notice what spreads, in every community. Returns how much of it is new."""
    return sum(
        notice(pk, now) for pk in Community.objects.order_by("pk").values_list("pk", flat=True)
    )


def notice(community_id: int, now: dt.datetime) -> int:
    """Notice what spreads in a community, and what has fallen out of use. Returns how much is
    new."""
    rules = in_force(community=community_id)
    talk = read(community_id, now)
    bounds = Bounds(
        round(rules.spread_to), dt.timedelta(days=rules.spread_days), rules.spread_chance
    )
    names = {
        word for name in Character.objects.values_list("name", flat=True) for word in words(name)
    }
    signatures = dict(SpeechStyle.objects.values_list("character_id", "signature_phrases"))
    since = now - bounds.within
    new = 0
    for kind, found in (
        (ContagionKind.PHRASE, phrases(talk.lines, bounds, names=names, signatures=signatures)),
        (ContagionKind.TOPIC, topics(talk, bounds, names)),
        (ContagionKind.DREAM, dreams(community_id, talk, bounds, names, now)),
    ):
        new += sum(_record(community_id, kind, one) for one in found if one.last >= since)
    _follow(community_id, talk.lines, now, rules)
    forget_damped()
    return new


_SAID = """
    SELECT * FROM (
        SELECT DISTINCT ON (coalesce(source_message_id, -id))
            coalesce(told_by_character_id, owner_id) AS speaker, content, occurred_at, session_key,
            CASE WHEN embedding_model_id = %(model)s THEN halfvec_send(embedding) END AS vector, id
        FROM memories_memory
        WHERE community_id = %(community)s AND kind IN ('conversation', 'gossip')
          AND told_by_person_id IS NULL AND visibility = 'public' AND NOT is_adult
          AND occurred_at > %(since)s AND occurred_at <= %(now)s
          AND position(' said: “' IN content) > 0
        ORDER BY coalesce(source_message_id, -id), id
    ) said ORDER BY occurred_at DESC, id DESC LIMIT %(most)s
"""


def read(community_id: int, now: dt.datetime) -> Talk:
    """What characters said to everybody in the last month."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SAID,
            {
                "community": community_id,
                "model": active_model_id(),
                "since": now - HISTORY,
                "now": now,
                "most": MOST,
            },
        )
        rows = cursor.fetchall()[::-1]
    lines = []
    for speaker, content, at, session, _, _ in rows:
        said = quoted(content)
        lines.append(Spoken(speaker, said[1] if said else content, at, session))
    return Talk(lines, unit(matrix([row[4] for row in rows])))


def topics(talk: Talk, bounds: Bounds, names: set[str]) -> list[Spread]:
    """The subjects that spread: lines close together in meaning, of many speakers, in many
    conversations. One conversation about one thing is none."""
    wide = Bounds(bounds.others, bounds.within, bounds.chance, talks=TOPIC_TALKS)
    found = []
    anywhere: Counter[str] = Counter()
    for line in talk.lines:
        anywhere.update(set(words(line.text)))
    for group in stars(talk.vectors, TOPIC_FROM, least=bounds.others + 1, most=len(talk.lines) + 1):
        where = sorted(group)
        text = _label([talk.lines[at].text for at in where], anywhere, len(talk.lines), names)
        spread = judge(text, where, talk.lines, wide) if text else None
        if spread is not None:
            found.append(spread)
    return found


def _label(texts: Sequence[str], anywhere: Mapping[str, int], lines: int, names: set[str]) -> str:
    """The words by which these lines differ most from all others, in the order of the alphabet.
    `anywhere` is in how many of all the lines each word stands."""
    here = Counter(word for text in texts for word in set(words(text)))
    weight = {
        word: number * math.log((lines + 1) / anywhere[word])
        for word, number in here.items()
        if number >= 2 and word not in COMMON and word not in names
    }
    best = sorted(weight, key=lambda word: (-weight[word], word))[:TOPIC_WORDS]
    return ", ".join(sorted(best)) if len(best) > 1 else ""


_DREAMT = """
    SELECT owner_id, content, occurred_at, halfvec_send(embedding), id FROM memories_memory
    WHERE kind = 'dream' AND NOT is_adult AND embedding_model_id = %(model)s
      AND (community_id IS NULL OR community_id = %(community)s)
      AND owner_id = ANY (%(owners)s) AND occurred_at > %(since)s AND occurred_at <= %(now)s
    ORDER BY occurred_at, id
"""


def dreams(
    community_id: int, talk: Talk, bounds: Bounds, names: set[str], now: dt.datetime
) -> list[Spread]:
    """The dreams that spread: others dream the like, or speak of it in other conversations."""
    with connection.cursor() as cursor:
        cursor.execute(
            _DREAMT,
            {
                "model": active_model_id(),
                "community": community_id,
                "owners": sorted({line.speaker for line in talk.lines}),
                "since": now - 2 * bounds.within,
                "now": now,
            },
        )
        rows = cursor.fetchall()
    if not rows:
        return []
    dreamt = [Spoken(owner, content, at, f"dream {pk}") for owner, content, at, _, pk in rows]
    vectors = unit(matrix([row[3] for row in rows]))
    if talk.vectors.shape[1] == vectors.shape[1]:
        everything, compared = [*dreamt, *talk.lines], np.concatenate([vectors, talk.vectors])
    else:
        everything, compared = dreamt, vectors
    found: list[Spread] = []
    for at, dream in enumerate(dreamt):
        after = [
            other
            for other in np.flatnonzero(compared @ vectors[at] >= DREAM_FROM).tolist()
            if everything[other].speaker != dream.speaker
            and dream.at < everything[other].at <= dream.at + bounds.within
        ]
        after.sort(key=lambda other: everything[other].at)
        carriers = dict.fromkeys(everything[other].speaker for other in after)
        apart = {everything[other].talk for other in after}
        if len(carriers) < bounds.others or len(apart) < bounds.talks:
            continue
        text = _in_common(dream.text, [everything[other].text for other in after], names)
        if text and not any(text == other.text for other in found):
            found.append(
                Spread(
                    text, dream.speaker, tuple(carriers), len(after), dream.at,
                    everything[after[-1]].at, 0.0,
                )
            )  # fmt: skip
    return found


def _in_common(dream: str, others: Sequence[str], names: set[str]) -> str:
    """The words of a dream that half of those took over who came after it."""
    taken = Counter(word for text in others for word in set(words(text)))
    own = [w for w in dict.fromkeys(words(dream)) if w not in COMMON and w not in names]
    kept = sorted(
        (word for word in own if taken[word] * 2 >= len(others)),
        key=lambda word: (-taken[word], word),
    )[:4]
    return ", ".join(sorted(kept)) if len(kept) > 1 else ""


# --- keeping --------------------------------------------------------------------------------------


@transaction.atomic
def _record(community_id: int, kind: str, spread: Spread) -> bool:
    """Write down what spread, or that it goes on. Returns whether it is new."""
    row = _known(community_id, kind, spread.text)
    if row is None:
        Contagion.objects.create(
            community_id=community_id,
            kind=kind,
            text=spread.text[:300],
            origin_id=spread.origin,
            carriers=list(spread.carriers),
            uses=spread.uses,
            first_seen_at=spread.first,
            last_seen_at=spread.last,
        )
        return True
    row.carriers = list(dict.fromkeys([*row.carriers, *spread.carriers]))
    row.uses = max(row.uses, spread.uses)
    if spread.last > row.last_seen_at:
        row.last_seen_at = spread.last
        row.is_damped = not row.is_allowed
    row.save(update_fields=["carriers", "uses", "last_seen_at", "is_damped"])
    return False


def _known(community_id: int, kind: str, text: str) -> Contagion | None:
    """The row of the same thing, locked: the same words, or, for a subject or a dream, two of
    them."""
    rows = Contagion.objects.select_for_update(of=("self",)).filter(
        community=community_id, kind=kind
    )
    if kind == ContagionKind.PHRASE:
        return rows.filter(text=text[:300]).first()
    mine = set(text.split(", "))
    return next(
        (row for row in rows.order_by("pk") if len(mine & set(row.text.split(", "))) > 1), None
    )


def _follow(
    community_id: int, lines: Sequence[Spoken], now: dt.datetime, rules: MemoryRules
) -> None:
    """See which of what is damped is still in use, and let go of what no longer is."""
    said = [(line, f" {' '.join(words(line.text))} ") for line in lines]
    for row in Contagion.objects.filter(community=community_id, is_damped=True).order_by("pk"):
        latest = max(
            (
                line.at
                for line, text in said
                if line.at > row.last_seen_at and line.speaker != row.origin_id and _uses(row, text)
            ),
            default=None,
        )
        if latest is not None:
            Contagion.objects.filter(pk=row.pk, last_seen_at__lt=latest).update(last_seen_at=latest)
    worn_out = now - dt.timedelta(days=rules.worn_out_days)
    Contagion.objects.filter(
        Q(community=community_id), is_damped=True, last_seen_at__lt=worn_out
    ).update(is_damped=False)


def _uses(row: Contagion, text: str) -> bool:
    if row.kind == ContagionKind.PHRASE:
        return f" {row.text} " in text
    return sum(f" {word} " in text for word in row.text.split(", ")) > 1


def _after_fork() -> None:
    """A forked worker shares no lock that its parent held."""
    global _lock
    _lock = threading.Lock()
    _kept.clear()


os.register_at_fork(after_in_child=_after_fork)
