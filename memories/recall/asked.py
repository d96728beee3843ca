"""What recall's statement is asked with (`memories.recall.recall_sql`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic_core import to_json

from fishbowl.statements import Sent
from memories.recall.weights import Weights

BITS = 3  # of a word: two count its other names that a memory holds, the third is itself
A_CODE = 8  # words that one number of a question holds: a product of 32 bits has 24 for whole ones
MOST_WORDS = 21  # of a question, whose bits one number of 64 holds
MOST_NAMES = (1 << (BITS - 1)) - 1  # of one lexeme, of a word, that are counted
Names = Sequence[tuple[str, ...]]  # each of one or more lexemes
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


@dataclass(frozen=True)
class Asked:
    """What the statement is asked with. `characters`, `people` and `entities` are the ids of those
    whom the question names; `model` is 0 where there is no vector, and `vector` then of any length.
    `indexed` is the last memory that the owner's index holds, 0 where it has none."""

    owner: int
    now: dt.datetime
    words: Sequence[Word]
    vector: Sent
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
    indexed: int = 0

    @property
    def is_pointed(self) -> bool:
        """Whether more is asked for than words and meaning."""
        named = self.characters or self.people or self.entities or self.phrases
        return bool(named or self.since or self.kinds or self.about_person)

    @property
    def has_entities(self) -> bool:
        """Whether it names what has entries of its own, or what has names of several words."""
        return bool(self.entities) or any(compounds for _, compounds in self._names)

    @cached_property
    def _names(self) -> list[tuple[Names, Names]]:
        return [_counted(word) for word in self.words[:MOST_WORDS]]

    def codes(self) -> list[dict[str, int]]:
        """What each lexeme says of the question's words, eight of them in a number: three bits of
        each word, of which the upper is the word itself and the lower ones count its other names.
        """
        codes: list[dict[str, int]] = []
        for at, (word, (counted, _)) in enumerate(zip(self.words, self._names, strict=False)):
            if at % A_CODE == 0:
                codes.append({})
            code, low = codes[-1], 1 << BITS * (at % A_CODE)
            code[word.lexeme] = code.get(word.lexeme, 0) + low * (MOST_NAMES + 1)
            for (name,) in counted:
                code[name] = code.get(name, 0) + low
        return codes

    def to_json(self, *, is_narrowed: bool) -> str:
        """As the statement takes it. Only where indexes narrow are words looked for as they are."""
        words = self.words[:MOST_WORDS]
        asked: dict[str, object] = {
            "owner": self.owner,
            "now": self.now.isoformat(),
            "model": self.model,
            "shares": [word.share for word in words],
            "names": [word.is_name for word in words],
            "codes": self.codes(),
            "characters": list(self.characters),
            "people": list(self.people),
            "entities": list(self.entities),
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "tells_time": TELLS_TIME if self.asks_when else None,
            "phrases": [_pattern(phrase) for phrase in self.phrases],
            "damped": self.damped or None,
            "kinds": list(self.kinds),
            "about_person": self.about_person,
            "leave_out": list(self.leave_out),
            "most": self.limit,
            "indexed": self.indexed,
        }
        if is_narrowed:
            asked["words"] = [_query([(word.lexeme,)]) for word in words]
            asked["others"] = [_query(word.others) if word.others else None for word in words]
        if self.has_entities:
            compounds = [_query(names) if names else None for _, names in self._names]
            asked |= {"compounds": compounds, "has_compounds": any(compounds)}
        return to_json(asked).decode()


def _counted(word: Word) -> tuple[Names, Names]:
    """The other names of a word that are one lexeme each, as many as its bits can count, and those
    that aren't."""
    alone = list(dict.fromkeys([name for name in word.others if len(name) == 1]))[:MOST_NAMES]
    if len(alone) == len(word.others):
        return alone, ()
    return alone, [name for name in word.others if name not in alone]


def _query(names: Iterable[Sequence[str]]) -> str:
    """A tsquery: any of these names, each with all of its lexemes."""
    return " | ".join("(" + " & ".join(map(_quoted, lexemes)) + ")" for lexemes in names)


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _pattern(phrase: str) -> str:
    for special in "\\%_":
        phrase = phrase.replace(special, "\\" + special)
    return f"%{phrase}%"
