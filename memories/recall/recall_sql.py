"""The statement that finds what comes to mind: words, meaning and neighbours in one.

It runs under an open view (`memories.view`), so each reference to `memories_memory` is what the
speaker may say before its audience; how many of its memories a word occurs in is counted among
those, too. Its parts are in the order in which they are worked out:

1. `sifted`: all that the owner remembers, of each the question's words it holds as bits and its
   cosine, and no more than that; where the question names somebody or a time, also whether it is of
   them. The bits are a product: a memory's words stand beside it as numbers (migration 0007).
2. `words`: what each word weighs, by how few memories hold it; `tops`: the most that any holds.
3. `seeds`: the best by that, several times as many as are asked for; `heard`: those and the lines
   around them, with all that counts. They are read where they lie in the table (`ctid`), which no
   other writer can change for a statement.
4. `own`: what a memory itself has to do with the question; `evidence`: and those around it.
5. `best`: weighed by who said it, when, and what is known of it, and the best of it.

Where one row of many columns meets many rows, it stands before a LATERAL that takes something of it
along: so it is the outer one, and taken apart once, not once for each of them.

Of a few thousand memories an index finds those that are heard (migration 0009, `indexes`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from memories.recall import word_bits
from memories.recall.asked import Asked
from memories.recall.weights import Weights

SAME = 0.85  # the cosine from which a question is the one that is asked
LINES = 20  # bits of a line's number in its talk
# At least, and for each that is asked for; the lines of talk around each are heard too. More bring
# nothing (docs/decisions/0022, 0025).
SEEDS, SEEDS_FOR_ONE = 32, 4
COLUMNS = (
    "id", "kind", "content", "score",
    "text", "vector", "neighbours", "talk", "speaker", "about", "entity", "time", "phrase",
    "telling", "recency", "importance", "strength", "provenance", "damped", "near", "matched",
    "known",
    "occurred_at", "provenance", "told_by_character_id", "told_by_person_id", "about_person_id",
    "about_character_id", "confidence", "importance", "visibility", "source_message_id",
    "session_key", "sequence",
)  # fmt: skip
_WEIGHT = re.compile(r"%\(w_(\w+)\)s")


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement whose text is one of a few, so that the database plans it once a connection, and
    its values: the question's vector, and all else of it as JSON."""

    sql: str
    values: Mapping[str, object]


def exact(asked: Asked) -> Statement:
    """The statement over all that the owner remembers."""
    return _statement(asked, is_narrowed=False)


def narrowed(asked: Asked) -> Statement:
    """The statement over the candidates that the indexes of a big owner find. How many memories
    hold each word comes with the candidates. They are sought among all kinds: what asks for one
    kind, or about one person, looks through everything."""
    if asked.kinds or asked.about_person:
        return exact(asked)
    return _statement(asked, is_narrowed=True)


def _statement(asked: Asked, *, is_narrowed: bool) -> Statement:
    sql = _text(
        word_bits.room_for(len(asked.words)),
        asked.weights,
        is_narrowed=is_narrowed,
        is_pointed=asked.is_pointed and not is_narrowed,  # candidates are the same
        has_entities=asked.has_entities,
    )
    return Statement(sql, {"asked": asked.to_json(is_narrowed=is_narrowed), "vector": asked.vector})


@lru_cache(maxsize=32)
def _text(
    room: int, weights: Weights, *, is_narrowed: bool, is_pointed: bool, has_entities: bool
) -> str:
    """`has_entities`: most questions name none, and what is only asked of those that do would have
    to be made ready, a twelfth of the time of a small owner's. `is_pointed`: columns that stand in
    a text are taken out of each row, whether they are looked at or not."""
    sql = (_NARROWED if is_narrowed else _EXACT) + _REST
    parts = {
        "marks": _bits((_WANTED, *_POINTED_AT), has_entities) if is_pointed else "1",
        "of_pointed": f"+ {_POINTED}" if is_pointed else "",
        "codes": word_bits.codes(room) + (word_bits.compounds(room) if has_entities else ""),
        "numbers": ", ".join(f"a.codes{n}" for n in range(1, word_bits.numbers(room) + 1)),
        "mask": word_bits.mask(room, has_compounds=has_entities),
        "flags": _bits(range(len(_CONDITIONS)), has_entities),
        "text": word_bits.weight(room),
        "weights_alone": ", ".join(f"weight{n}, other{n}" for n in range(1, room + 1)),
        "weights": ", ".join(
            f"weights[{n}] AS weight{n}, others[{n}] AS other{n}" for n in range(1, room + 1)
        ),
    }
    for name, part in {**_PARTS, **parts}.items():
        sql = sql.replace("{" + name + "}", part)
    # Weights stand in the text, as floats: a bare .5 is a decimal number to PostgreSQL, which takes
    # ten times as long to be reckoned with.
    values = dict(weights.items())
    return _WEIGHT.sub(lambda match: f"({values[match[1]]!r}::float8)", sql)


def _bits(bits: Iterable[int], has_entities: bool) -> str:
    return " | ".join(
        f"(coalesce({_CONDITIONS[bit]}, false)::int << {bit})"
        for bit in bits
        if has_entities or bit != _OF_ENTITIES
    )


# What is asked of a memory, each a bit of its flags: whether it is wanted, is a question, tells a
# time, was said by or is about somebody who is named, mentions what is named, is of the time that
# is meant, holds the phrase, is damped, is no line of talk.
_CONDITIONS = (
    """(a.kinds = '{}' OR m.kind = ANY (a.kinds))
        AND (a.about_person IS NULL OR m.about_person_id = a.about_person)""",
    "m.is_question",
    "m.search @@ a.tells_time",
    """m.told_by_character_id = ANY (a.characters) OR m.told_by_person_id = ANY (a.people)
        OR (m.kind = 'conversation' AND m.owner_id = ANY (a.characters)
            AND m.told_by_character_id IS NULL AND m.told_by_person_id IS NULL)""",
    "m.about_character_id = ANY (a.characters) OR m.about_person_id = ANY (a.people)",
    """CASE WHEN a.entities <> '{}' THEN EXISTS (
            SELECT FROM memories_entitymention n
            WHERE n.memory_id = m.id AND n.entity_id = ANY (a.entities)
        ) END""",
    "m.occurred_at >= a.since AND m.occurred_at < a.until",
    "m.content ILIKE ANY (a.phrases)",
    "m.search @@ a.damped",
    "m.kind NOT IN ('conversation', 'gossip')",
)
_WANTED, _OF_ENTITIES, _POINTED_AT = 0, 5, (3, 4, 5, 6, 7)
_POINTED = """(
            %(w_speaker)s * (flags >> 3 & 1) + %(w_about)s * (flags >> 4 & 1)
            + %(w_entity)s * (flags >> 5 & 1) + %(w_time)s * (flags >> 6 & 1)
            + %(w_phrase)s * (flags >> 7 & 1)
        )"""

_KEPT = """m.tier <> 'archived' AND (m.expires_at IS NULL OR m.expires_at > a.now)
        AND (m.source_message_id IS NULL OR m.source_message_id <> ALL (a.leave_out))"""

# What a memory's score is multiplied with.
_RECENCY = """(1 - %(w_recency)s * (1 - exp(
    -greatest(0, date_part('epoch', a.now - m.occurred_at)) / 86400 / %(w_days)s)))"""
_IMPORTANCE = "(1 + %(w_importance)s * (m.importance - 5) / 5)"
_STRENGTH = "(1 - %(w_strength)s * (1 - m.strength))"
_PROVENANCE = """(CASE m.provenance WHEN 'derived' THEN %(w_derived)s WHEN 'told' THEN %(w_told)s
    ELSE 1 END * CASE m.kind WHEN 'gossip' THEN %(w_gossip)s ELSE 1 END
    * (1 - %(w_doubt)s * (1 - m.confidence)))"""

_PARTS = {
    "seeds": str(SEEDS),
    "seeds_for_one": str(SEEDS_FOR_ONE),
    "kept": _KEPT,
    "pointed": _POINTED,
    "same": f"{SAME}::float8",
    # A line's place in talk as one number, whose upper bits tell talks apart: numbers are looked up
    # and sorted several times as fast as texts.
    "place": f"""((CASE m.session_key WHEN '' THEN m.id ELSE hashtextextended(m.session_key, 0) END
        << {LINES}) | (m.sequence & {(1 << LINES) - 1}))""",
    "lines": str(LINES),
    "near": """CASE WHEN m.embedding_model_id = a.model
            THEN greatest(0, 1 - (m.embedding <=> a.vector)) ELSE 0 END""",
    "prior": f"{_RECENCY} * {_IMPORTANCE} * {_STRENGTH} * {_PROVENANCE}",
}

_ASKED = """
WITH asked AS MATERIALIZED (
    SELECT a.*, %(vector)s::halfvec AS vector, {codes} FROM jsonb_to_record(%(asked)s::jsonb) AS a (
        owner bigint, now timestamptz, model bigint, words tsquery[], others tsquery[],
        shares float8[], names boolean[], codes jsonb[], compounds tsquery[],
        has_compounds boolean, characters bigint[], people bigint[], entities bigint[],
        since timestamptz, until timestamptz, tells_time tsquery, phrases text[], damped tsquery,
        kinds text[], about_person bigint, leave_out bigint[], most int,
        indexed bigint
    )
),"""

_WEIGHED = """
words AS MATERIALIZED (
    SELECT n, power(rare, %(w_rarity)s) AS weight,
        share * power(least(rare, ln(1 + (total - others + .5) / (others + .5))), %(w_rarity)s)
            AS otherwise, is_name AND exact + others = 0 AS is_strange
    FROM (
        SELECT n, share, is_name, exact, others, total,
            ln(1 + (total - exact + .5) / (exact + .5)) AS rare
        FROM (SELECT n, share, is_name, exact, others, total + %(w_young)s AS total FROM counted) k
    ) c
),
weighing AS MATERIALIZED (
    SELECT {weights}, strange, nullif(whole, 0) AS words FROM (
        SELECT array_agg(weight ORDER BY n) AS weights, array_agg(otherwise ORDER BY n) AS others,
            sum(weight) AS whole, sum(weight) FILTER (WHERE is_strange) AS strange
        FROM words
    ) w
),
tops AS MATERIALIZED (
    SELECT w.*, t.* FROM weighing w CROSS JOIN LATERAL (
        SELECT nullif(max({text}), 0) AS text, nullif(max(near), 0) AS near FROM masks
    ) t
),"""

_EXACT = (
    _ASKED
    + """
sifted AS MATERIALIZED (
    SELECT m.ctid AS at, {place} AS place, {mask} AS mask, {near} AS near,
        {marks} AS flags
    FROM asked a JOIN memories_memory m ON (m.owner_id = a.owner OR m.owner_id IS NULL) AND {kept}
),
masks AS MATERIALIZED (SELECT mask, count(*) AS n, max(near) AS near FROM sifted GROUP BY mask),
counted AS MATERIALIZED (
    SELECT w.n - 1 AS n, w.share, w.is_name, t.n AS total, f.exact, f.others
    FROM asked a CROSS JOIN unnest(a.shares, a.names) WITH ORDINALITY AS w (share, is_name, n)
    CROSS JOIN (SELECT coalesce(sum(n), 0)::float8 AS n FROM masks) t
    CROSS JOIN LATERAL (
        SELECT
            coalesce(sum(n) FILTER (WHERE mask >> (3 * w.n - 1)::int & 1 = 1), 0)::float8 AS exact,
            coalesce(sum(n) FILTER (WHERE mask >> (3 * w.n - 3)::int & 3 <> 0), 0)::float8 AS others
        FROM masks
    ) f
),"""
    + _WEIGHED
    + """
seeds AS MATERIALIZED (
    SELECT place FROM (
        SELECT {weights_alone}, coalesce(1 / text, 0) AS by_text,
            coalesce(%(w_vector)s / near, 0) AS by_near FROM tops OFFSET 0
    ) t CROSS JOIN LATERAL (
        SELECT s.*, t.by_text AS of_text FROM sifted s WHERE flags & 1 = 1 OFFSET 0
    ) s
    ORDER BY {text} * by_text + near * by_near {of_pointed} DESC, place
    LIMIT (SELECT greatest({seeds}, {seeds_for_one} * most) FROM asked)
),
heard AS MATERIALIZED (
    SELECT m.id, {place} AS place, {mask} AS mask, {near} AS near, {flags} AS flags,
        {prior} AS prior
    FROM asked a JOIN memories_memory m ON m.ctid = ANY (ARRAY(
        SELECT at FROM sifted WHERE place IN (
            SELECT place + d FROM seeds CROSS JOIN generate_series(-3, 3) d
        )
    ))
),"""
)

_NARROWED = (
    _ASKED
    + """
candidates AS MATERIALIZED (
    SELECT c.* FROM asked a CROSS JOIN memories_candidates(
        a.vector, a.model, a.words, a.others, ARRAY[{numbers}],
        CASE WHEN a.has_compounds THEN a.compounds END, %(w_rarity)s, a.since, a.until, a.now,
        a.indexed, %(w_vector)s, greatest({seeds}, {seeds_for_one} * a.most)) c
),
heard AS MATERIALIZED (
    SELECT m.id, {place} AS place, {mask} AS mask, {near} AS near, {flags} AS flags,
        {prior} AS prior
    FROM asked a JOIN memories_memory m
        ON (m.id = ANY (ARRAY(SELECT unnest(ids) FROM candidates)) OR m.owner_id IS NULL) AND {kept}
),
masks AS MATERIALIZED (SELECT mask, max(near) AS near FROM heard GROUP BY mask),
counted AS MATERIALIZED (
    SELECT w.n - 1 AS n, w.share, w.is_name, c.total::float8 AS total, w.exact::float8 AS exact,
        w.others::float8 AS others
    FROM candidates c CROSS JOIN asked a
        CROSS JOIN unnest(c.exact, c.others, a.shares, a.names)
        WITH ORDINALITY AS w (exact, others, share, is_name, n)
),"""
    + _WEIGHED
)

_REST = (
    """
own AS MATERIALIZED (
    SELECT id, place, flags, prior, near, matched, text, vector,
        power(text + vector, %(w_contrast)s) AS spread,
        CASE WHEN flags & 2 <> 0 THEN %(w_question)s ELSE 1 END AS asking
    FROM (
        SELECT id, place, flags, prior, near, matched,
            again * coalesce(matched / top_text, 0) AS text,
            again * coalesce(%(w_vector)s * near / top_near, 0) AS vector
        FROM (
            SELECT h.*, {text} AS matched FROM tops t CROSS JOIN LATERAL (
                SELECT heard.*, t.text AS top_text, t.near AS top_near,
                    CASE WHEN flags & 2 <> 0 AND near >= {same} THEN %(w_again)s ELSE 1 END AS again
                FROM heard OFFSET 0
            ) h OFFSET 0
        ) y OFFSET 0
    ) x
),
evidence AS MATERIALIZED (
    SELECT id, flags, prior, near, matched, text * asking AS text, vector * asking AS vector,
        taken * (
        %(w_before1)s * coalesce(lag(answered) OVER line, 0)
        + %(w_before2)s * coalesce(lag(answered, 2) OVER line, 0)
        + %(w_before3)s * coalesce(lag(answered, 3) OVER line, 0)
        + %(w_after1)s * coalesce(lead(spread) OVER line, 0)
        + %(w_after2)s * coalesce(lead(spread, 2) OVER line, 0)
        + %(w_after3)s * coalesce(lead(spread, 3) OVER line, 0)) AS neighbours,
        taken * %(w_talk)s * max(spread) OVER line AS talk,
        CASE WHEN row_number() OVER line <= 3 THEN 1 + %(w_opening)s ELSE 1 END
            * CASE WHEN flags & 4 <> 0 THEN 1 + %(w_when)s ELSE 1 END AS telling
    FROM (
        SELECT *, spread * CASE WHEN flags & 2 <> 0 THEN %(w_answer)s ELSE %(w_reply)s END
            AS answered,
            CASE WHEN flags & 512 <> 0 THEN %(w_context)s ELSE 1 END AS taken
        FROM own
    ) o
    WINDOW line AS (
        PARTITION BY place >> {lines} ORDER BY place, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
),
peak AS MATERIALIZED (
    SELECT max(e.text + e.vector + neighbours + talk) AS score,
        max(coalesce(matched / (SELECT words FROM tops), 0) + %(w_near)s * e.near
            + %(w_concerned)s * greatest(flags >> 4 & 1, flags >> 5 & 1))
            - %(w_strange)s * coalesce((SELECT strange / words FROM tops), 0) AS known
    FROM evidence e
),
weighed AS (
    SELECT e.*, (
        text + vector + neighbours + talk + (SELECT score FROM peak) * {pointed}
    ) * telling * prior * CASE WHEN flags & 256 <> 0 THEN %(w_damped)s ELSE 1 END AS score
    FROM evidence e WHERE flags & 1 = 1
),
best AS MATERIALIZED (SELECT * FROM weighed ORDER BY score DESC, id LIMIT (SELECT most FROM asked))
SELECT m.id, m.kind, m.content, b.score,
    b.text, b.vector, b.neighbours, b.talk,
    peak.score * %(w_speaker)s * (flags >> 3 & 1), peak.score * %(w_about)s * (flags >> 4 & 1),
    peak.score * %(w_entity)s * (flags >> 5 & 1), peak.score * %(w_time)s * (flags >> 6 & 1),
    peak.score * %(w_phrase)s * (flags >> 7 & 1), b.telling,
"""
    + f"    {_RECENCY}, {_IMPORTANCE}, {_STRENGTH}, {_PROVENANCE},"
    + """
    CASE WHEN flags & 256 <> 0 THEN %(w_damped)s ELSE 1 END,
    b.near, coalesce(b.matched / tops.words, 0), peak.known,
    m.occurred_at, m.provenance, m.told_by_character_id, m.told_by_person_id, m.about_person_id,
    m.about_character_id, m.confidence, m.importance, m.visibility, m.source_message_id,
    m.session_key, m.sequence
FROM best b JOIN memories_memory m USING (id) CROSS JOIN asked a CROSS JOIN tops CROSS JOIN peak
ORDER BY b.score DESC, b.id
"""
)
