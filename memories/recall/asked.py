"""What recall's statement is asked with (`memories.recall.recall_sql`)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from memories.recall.weights import Weights

MOST_WORDS = 31  # of a question; two bits each
TELLS_TIME = (
    "'yesterday' | 'today' | 'tonight' | 'tomorrow' | 'ago' | 'last' | 'next' | 'recent' | 'sinc'"
    " | 'week' | 'weekend' | 'month' | 'year' | 'day' | 'morn'"
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a question as a lexeme, what else it may be called (each of one or more lexemes),
    how much of its weight that other name has, and whether it is somebody's or something's name."""

    lexeme: str
    others: tuple[tuple[str, ...], ...] = ()
    share: float = 0.0
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the statement is asked with. `characters`, `people` and `entities` are the ids of those
    whom the question names; `vector` is a literal; `model` is 0 where there is no vector."""

    owner: int
    now: dt.datetime
    words: Sequence[Word]
    vector: str
    model: int
    limit: int
    weights: Weights
    characters: Sequence[int] = ()
    people: Sequence[int] = ()
    entities: Sequence[int] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    asks_when: bool = False
    phrases: Sequence[str] = ()
    damped: str = ""
    kinds: Sequence[str] = ()
    about_person: int | None = None
    leave_out: Collection[int] = ()

    @property
    def is_pointed(self) -> bool:
        """Whether more is asked for than words and meaning."""
        named = self.characters or self.people or self.entities or self.phrases
        return bool(named or self.since or self.kinds or self.about_person)

    def to_json(self) -> str:
        """As the statement takes it."""
        words = self.words[:MOST_WORDS]
        names = dict.fromkeys(name for word in words for name in ((word.lexeme,), *word.others))
        return json.dumps(
            {
                "owner": self.owner,
                "now": self.now.isoformat(),
                "vector": self.vector,
                "model": self.model,
                "words": [_query([(word.lexeme,)]) for word in words],
                "others": [_query(word.others) if word.others else None for word in words],
                "shares": [word.share for word in words],
                "names": [word.is_name for word in words],
                "any_word": _query(list(names)) or None,
                "characters": list(self.characters),
                "people": list(self.people),
                "entities": list(self.entities),
                "since": self.since.isoformat() if self.since else None,
                "until": self.until.isoformat() if self.until else None,
                "tells_time": TELLS_TIME if self.asks_when else None,
                "phrases": [_pattern(phrase) for phrase in self.phrases],
                "damped": self.damped or None,
                "is_pointed": self.is_pointed,
                "kinds": list(self.kinds),
                "about_person": self.about_person,
                "leave_out": list(self.leave_out),
                "most": self.limit,
            }
        )


def _query(names: Sequence[Sequence[str]]) -> str:
    """A tsquery: any of these names, each with all of its lexemes."""
    return " | ".join("(" + " & ".join(map(_quoted, lexemes)) + ")" for lexemes in names)


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _pattern(phrase: str) -> str:
    for special in "\\%_":
        phrase = phrase.replace(special, "\\" + special)
    return f"%{phrase}%"
