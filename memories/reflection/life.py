"""What a character lived through since it last thought about it: what it heard and said, whom it
met, what moved it, what it wants. `lived` reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Who:
    """A character or a person, by kind ("c" or "p") and id."""

    kind: str
    id: int

    @property
    def character_id(self) -> int | None:
        return self.id if self.kind == "c" else None

    @property
    def person_id(self) -> int | None:
        return self.id if self.kind == "p" else None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line that it remembers: the memory of it, who said it, how it sounded, and in what talk.
    `matter` is what of its words speaks of a matter (memories/formation/mentions.py)."""

    memory: int
    who: Who
    text: str
    at: dt.datetime
    tone: float = 0.0
    importance: float = 3.0
    talk: int = 0
    topic: str = ""
    visibility: str = "public"
    message: int | None = None
    matter: str = ""
    community: int | None = None


@dataclass(frozen=True, slots=True)
class Bond:
    """How it stands to somebody, and how that moved since."""

    level: str
    trust: float
    affection: float
    exchanges: int = 0
    before: int = 0  # exchanges in a stretch as long, before
    trust_moved: float = 0.0
    affection_moved: float = 0.0
    last_met: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Sway:
    """One move of its mood, and whose words made it."""

    who: Who | None
    delta: float
    cause: str
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal it has."""

    id: int
    description: str
    criteria: str
    progress: float
    origin: str
    seeks: Who | None
    question: str
    is_locked: bool
    created_at: dt.datetime
    last_progress_at: dt.datetime | None
    reviewed_at: dt.datetime | None
    rests_on: tuple[int, ...] = ()  # memories
    is_withheld: bool = False
    status: str = "active"
    due_at: dt.datetime | None = None
    is_away: bool = False  # whom it seeks can't be met


@dataclass(frozen=True, slots=True)
class Known:
    """A fact it knows of a person, and the memories that bear it."""

    who: Who
    content: str
    kind: str
    temporal: str
    learned_at: dt.datetime
    visibility: str
    memories: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Clash:
    """Two things it was told that can't both be."""

    memories: tuple[int, int]
    before: str
    now: str
    about: Who | None
    at: dt.datetime
    visibility: str


@dataclass(frozen=True, slots=True)
class Life:
    """Everything of a stretch of life that reflection looks at, in one community or in all. `lines`
    run from the oldest to the newest."""

    me: Who
    name: str
    since: dt.datetime
    now: dt.datetime
    names: Mapping[Who, str] = field(default_factory=dict)
    lines: Sequence[Spoken] = ()
    bonds: Mapping[Who, Bond] = field(default_factory=dict)
    sways: Sequence[Sway] = ()
    aims: Sequence[Aim] = ()
    blocked: Sequence[Aim] = ()  # goals that something is in the way of
    facts: Sequence[Known] = ()
    clashes: Sequence[Clash] = ()
    traits: Mapping[str, float] = field(default_factory=dict)
    interests: Sequence[str] = ()
    others: frozenset[str] = frozenset()  # lower-case names of all who live here
    community: int | None = None  # the one it is of; None: of all

    def called(self, who: Who) -> str:
        """Somebody's name."""
        return self.names.get(who, "somebody")
