"""A question's words as bits of numbers: parts of the text of recall's statement (`recall_sql`).

A text has room for a few words; what it has room for beyond the question's own weighs nothing.
"""

from __future__ import annotations

from memories.recall.asked import A_CODE, BITS, MOST_WORDS

ROOM_FOR = (8, 16, MOST_WORDS)
WORD_NUMBERS = 1_000_000_000  # the dimensions of memories' words as numbers


def room_for(words: int) -> int:
    """For how many words the shortest text has room that holds so many."""
    return next(room for room in ROOM_FOR if min(words, MOST_WORDS) <= room)


def numbers(room: int) -> int:
    """How many numbers hold so many words."""
    return -(-room // A_CODE)


def codes(room: int) -> str:
    """The question's words in numbers, eight in each, as a memory's own are (migration 0007)."""
    return ", ".join(
        f"""(SELECT ('{{' || coalesce(string_agg(number || ':' || code, ','), '')
        || '}}/{WORD_NUMBERS}')::sparsevec
        FROM (SELECT memories_word(key) AS number, sum(value::int) AS code
              FROM jsonb_each_text(a.codes[{n}]) GROUP BY 1) c) AS codes{n}"""
        for n in range(1, numbers(room) + 1)
    )


def compounds(room: int) -> str:
    """What is looked for in the text for each word: names of several lexemes."""
    return "".join(f", a.compounds[{n}] AS compound{n}" for n in range(1, room + 1))


def mask(room: int, *, has_compounds: bool) -> str:
    """The question's words that a memory holds: of each, three bits of a number. Words that hold
    together are looked for in the text, and are few."""
    found = " | ".join(
        f"((- (m.words <#> a.codes{n + 1}))::bigint << {A_CODE * BITS * n})"
        for n in range(numbers(room))
    )
    if not has_compounds:
        return f"({found})"
    in_text = " | ".join(
        f"coalesce((m.search @@ a.compound{n + 1})::int::bigint << {BITS * n}, 0)"
        for n in range(room)
    )
    return f"({found} | CASE WHEN a.has_compounds THEN {in_text} ELSE 0 END)"


def weight(room: int) -> str:
    """What the words that a memory holds weigh. Most memories hold none."""
    weights = " + ".join(
        f"CASE WHEN mask & {4 << BITS * n}::bigint <> 0 THEN weight{n + 1}"
        f" WHEN mask & {3 << BITS * n}::bigint <> 0 THEN other{n + 1} ELSE 0 END"
        for n in range(room)
    )
    return f"CASE WHEN mask = 0 THEN 0 ELSE {weights} END"
