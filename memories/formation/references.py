"""What two have between them: a joke, a place, a phrase that both have used. Found in a stretch of
talk, and held against all talk of late: what everybody says is between no two. Pure, but for that.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence

from django.db import connection

from fishbowl.llm.offline import lexicon as lx
from fishbowl.llm.offline.phrases import is_safe
from fishbowl.llm.offline.text import clean, content_stems, words
from memories.formation.findings import Reference
from memories.formation.stretch import Heard

SHORTEST, LONGEST = 2, 5  # words of a phrase
MOST = 6  # of one stretch
LATELY = dt.timedelta(days=60)
_NAME = re.compile(
    r"(?<![.!?…“\"] )(?<!^)\b[A-ZÀ-Þ][\w'’-]+(?:\s+(?:of\s+|the\s+)?[A-ZÀ-Þ][\w'’-]+)*"
)
_PLACED = re.compile(r"\b(?:in|at|on|to|from|near|by|past|round) (?:the )?$", re.IGNORECASE)
_LAUGHED = re.compile(
    r"\b(?:ha(?:ha)+|hehe|lol|lmao|laugh\w*|funny|joke)\b|[😂🤣😄]", re.IGNORECASE
)
_NO_EDGE = lx.word_set(
    "upon whole nearer next last other same half only own perhaps like what who "
    "times years days hours minutes usually remark concern result"
)
_DATED = lx.word_set(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may "
    "june july august september october november december christmas easter god"
)
_ECHO = 0.75  # share of a line that is nothing but the phrase: it asks back, or repeats


def shared(lines: Sequence[Heard], names: Collection[str]) -> list[Reference]:
    """What two speakers both said in these lines; `names` are those that people go by."""
    taboo = {word for name in names for word in words(name)}
    spoken: dict[str, list[Heard]] = {}
    shapes: dict[str, str] = {}
    for line in lines:
        text = clean(line.text)
        for kind, phrase in [*_names(text), *(("phrase", p) for p in _phrases(text))]:
            key = " ".join(words(phrase))
            if not key or set(words(phrase)) & taboo or not is_safe(phrase):
                continue
            spoken.setdefault(key, []).append(line)
            if shapes.get(key, "phrase") == "phrase":
                shapes[key] = kind
    found = []
    for key, said in spoken.items():
        if len({line.speaker for line in said}) < 2 or _is_echo(key, said):
            continue
        numbers = tuple(dict.fromkeys(line.number for line in said))
        kind = "joke" if shapes[key] == "phrase" and _is_laughed_at(lines, numbers) else shapes[key]
        found.append(Reference(_as_said(key, said[0].text), kind, numbers))
    found.sort(key=lambda one: (one.kind == "phrase", -len(one.text), one.text))
    kept: list[Reference] = []
    for one in found:
        if not any(one.text.lower() in other.text.lower() for other in kept):
            kept.append(one)
    return kept[:MOST]


def _names(text: str) -> list[tuple[str, str]]:
    """Names in a line, but for its first word; one that stands after 'in' or 'at' is a place."""
    return [
        ("place" if _PLACED.search(text[: match.start()]) else "phrase", match.group(0))
        for match in _NAME.finditer(text)
        if not match.group(0).startswith(("I'", "I’"))
        and not set(words(match.group(0))) & (_DATED | {"i", "wait"})
    ]


def _phrases(text: str) -> list[str]:
    """Runs of words within a clause that begin and end with words that say something."""
    found = []
    for clause in re.split(r"[.,;:!?…—–\"“”()]+", text):
        run = words(clause)
        for length in range(SHORTEST, LONGEST + 1):
            for at in range(len(run) - length + 1):
                part = run[at : at + length]
                telling = [w for w in part if w not in lx.FUNCTION and len(w) > 3]
                edges = {part[0], part[-1]}
                if (
                    len(telling) >= 2
                    and not edges & (lx.FUNCTION | lx.NUMBERS | _NO_EDGE)
                    and part[0] not in lx.VERBS
                    and part[-1] not in lx.VERBS | lx.BARE_ADJECTIVES
                    and not part[-1].endswith(("ly", "n't"))
                ):
                    found.append(" ".join(part))
    return found


def _is_echo(key: str, said: Sequence[Heard]) -> bool:
    """Whether nobody but the first put anything to it: an echo is no sharing."""
    size = len(set(content_stems(key)))
    first = said[0].speaker
    return all(
        line.speaker == first or size >= _ECHO * max(1, len(set(content_stems(line.text))))
        for line in said
    )


def _is_laughed_at(lines: Sequence[Heard], numbers: Collection[int]) -> bool:
    near = {n + step for n in numbers for step in (0, 1)}
    return any(line.number in near and _LAUGHED.search(line.text) for line in lines)


def _as_said(key: str, text: str) -> str:
    """A phrase with the capitals it was said with."""
    pattern = r"\W+".join(re.escape(word) for word in key.split())
    match = re.search(pattern, clean(text).replace("’", "'"), re.IGNORECASE)
    return match.group(0) if match else key


_USERS = """
    SELECT p.phrase, count(DISTINCT (m.character_id, m.person_id))
    FROM unnest(%(phrases)s::text[]) p(phrase)
    LEFT JOIN conversations_message m
      ON m.search @@ memories_phrase(p.phrase) AND m.created_at > %(since)s
      AND m.deleted_at IS NULL AND m.role <> 'system'
    GROUP BY p.phrase
"""


def users(phrases: Collection[str], now: dt.datetime) -> Mapping[str, int]:
    """How many have said each of these phrases of late, anywhere."""
    if not phrases:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_USERS, {"phrases": sorted(set(phrases)), "since": now - LATELY})
        return dict(cursor.fetchall())
