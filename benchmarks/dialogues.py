"""Long conversations with questions about them: a file in the format of the public data set LoCoMo.

It is no part of this repository. It goes by the name `locomo10.json`, and whoever has it names its
place with `--dataset` or in the environment variable LOCOMO.

A file is a list of samples. A sample's `conversation` has lists `session_1`, `session_2`, … of
lines {speaker, dia_id, text}, and of each `session_N_date_time`; its `qa` are questions {question,
evidence: the dia_ids of the lines that answer it, category}.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from memories.formation.stretch import Stretch
    from memories.view import Audience

KINDS = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
WHERE = (
    "No dialogues to ask about. The measure of recall over past talk needs the public data set "
    "LoCoMo ('Evaluating Very Long-Term Conversational Memory of LLM Agents', 10 conversations): "
    "have its file locomo10.json, and name it with --dataset or in LOCOMO."
)
_SESSION = re.compile(r"session_(\d+)")
_LINE = re.compile(r"D:?(\d+):(\d+)")


class BadDatasetError(Exception):
    """The data set can't be read: the message names file and field."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `seen` is what its picture showed."""

    id: str
    speaker: str
    text: str
    seen: str


@dataclass(frozen=True, slots=True)
class Session:
    """What was said at one sitting."""

    number: int
    at: dt.datetime
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what kind it is of, and the ids of the lines that answer it."""

    text: str
    kind: str
    evidence: frozenset[str]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """A conversation over months. Of its people the first is played by a character."""

    name: str
    people: tuple[str, ...]
    sessions: tuple[Session, ...]
    questions: tuple[Asked, ...]

    def names(self) -> frozenset[str]:
        """Everybody in it, in lower case."""
        return frozenset(name.lower() for name in self.people)

    def slug(self) -> str:
        return "dialogue-" + re.sub(r"[^a-z0-9]+", "-", self.name.lower())[:30]


def place(named: str) -> Path | None:
    """Where the file lies, by option or environment; None where nobody says."""
    path = named or os.environ.get("LOCOMO", "")
    return Path(path).resolve() if path else None


def read(path: Path) -> list[Dialogue]:
    """The dialogues of a file, in the order of the numbers in their names.

    Raises:
        BadDatasetError: it isn't there, or isn't what it should be.
    """
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadDatasetError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise BadDatasetError(f"{path} is no JSON: {error}") from error
    samples = _Part(whole, f"{path}: ", "the whole").items_of(list)
    found = [_dialogue(one, number) for number, one in enumerate(samples, 1)]
    if not any(one.questions for one in found):
        raise BadDatasetError(f"{path}: no 'qa' has evidence among the lines of its conversation")
    return sorted(found, key=lambda one: [int(n) for n in re.findall(r"\d+", one.name)])


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of the file that knows where it stands."""

    value: Any
    file: str
    where: str

    def of(self, kind: type | tuple[type, ...]) -> Any:
        """Its value, which must be of this kind."""
        if not isinstance(self.value, kind):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            wanted = " or ".join(one.__name__ for one in kinds)
            raise self.bad(f"is {type(self.value).__name__}, not {wanted}")
        return self.value

    def __getitem__(self, name: str) -> _Part:
        if name not in self.of(dict):
            raise self.bad(f"has no {name!r}")
        return _Part(self.value[name], self.file, f"{self.where}.{name}")

    def items_of(self, kind: type) -> list[_Part]:
        return [
            _Part(one, self.file, f"{self.where}[{at}]") for at, one in enumerate(self.of(kind))
        ]

    def bad(self, trouble: str) -> BadDatasetError:
        return BadDatasetError(f"{self.file}{self.where} {trouble}")


def _dialogue(sample: _Part, number: int) -> Dialogue:
    talk = sample["conversation"]
    numbers = sorted(int(m[1]) for key in talk.of(dict) if (m := _SESSION.fullmatch(key)))
    if not numbers:
        raise talk.bad("has no 'session_1'")
    sessions = tuple(_session(talk, one) for one in numbers)
    lines = [line for session in sessions for line in session.lines]
    spoke = dict.fromkeys(line.speaker for line in lines)
    named = [talk.value[key] for key in ("speaker_a", "speaker_b") if key in talk.value]
    known = {line.id for line in lines}
    questions = (_asked(one, known) for one in sample["qa"].items_of(list))
    return Dialogue(
        name=str(sample.value.get("sample_id") or number),
        people=tuple(dict.fromkeys([*named, *spoke])),
        sessions=sessions,
        questions=tuple(one for one in questions if one.evidence),
    )


def _asked(question: _Part, known: set[str]) -> Asked:
    category = question["category"].of((int, str))
    evidence = {
        f"D{int(session)}:{int(number)}"
        for one in question["evidence"].items_of(list)
        for session, number in _LINE.findall(one.of(str))
    }
    return Asked(
        text=question["question"].of(str),
        kind=KINDS.get(category, f"category {category}"),
        evidence=frozenset(evidence & known),
    )


def _session(talk: _Part, number: int) -> Session:
    said_at = talk[f"session_{number}_date_time"]
    try:
        at = dt.datetime.strptime(said_at.of(str) + " +0000", "%I:%M %p on %d %B, %Y %z")
    except ValueError as error:
        raise said_at.bad(
            f"is {said_at.value!r}, and no time like '1:56 pm on 8 May, 2023'"
        ) from error
    lines = tuple(
        Line(
            one["dia_id"].of(str),
            one["speaker"].of(str),
            one["text"].of(str) or "…",
            one.value.get("blip_caption") or "",
        )
        for one in talk[f"session_{number}"].items_of(list)
    )
    return Session(number, at, lines)


@dataclass(frozen=True, slots=True)
class Remembering:
    """A dialogue as a character remembers it: `memories` by the id of the line."""

    dialogue: Dialogue
    owner: int
    person: int
    now: dt.datetime
    memories: dict[str, int]

    def audience(self) -> Audience:
        """The other one listens."""
        from memories.view import Audience

        return Audience(people=frozenset({self.person}))


def live_through(dialogue: Dialogue) -> Remembering:
    """Have a character go through a dialogue: every line becomes a memory in the way that all that
    is said does. Lines too short to be kept have none, and count as never found."""
    from characters.models import Person
    from characters.services import create_character
    from memories.formation.traces import trace, worth_tracing
    from memories.recall.names import forget_names

    first, second = dialogue.people[0], dialogue.people[-1]
    slug = dialogue.slug()
    owner = create_character(name=f"{first} {dialogue.name}x", slug=slug)
    person = Person.objects.create(web_key=slug, username=slug, display_name=second)
    forget_names()
    memories: dict[str, int] = {}
    for session, stretch in _stretches(dialogue, owner.pk, person.pk):
        stored = trace(stretch)
        for line, one in zip(worth_tracing(stretch), stored, strict=True):
            memories[session.lines[line.number - 1].id] = one.id
    now = dialogue.sessions[-1].at + dt.timedelta(days=1)
    return Remembering(dialogue, owner.pk, person.pk, now, memories)


def _stretches(dialogue: Dialogue, owner: int, person: int) -> Iterator[tuple[Session, Stretch]]:
    from memories.formation.stretch import Heard, Stretch

    for session in dialogue.sessions:
        lines = tuple(
            Heard(
                message_id=None,
                number=number,
                speaker=line.speaker,
                text=line.text,
                at=session.at + dt.timedelta(seconds=20 * number),
                character_id=owner if line.speaker == dialogue.people[0] else None,
                person_id=None if line.speaker == dialogue.people[0] else person,
                seen=line.seen,
            )
            for number, line in enumerate(session.lines, 1)
        )
        witnesses = {line.number: frozenset({owner}) for line in lines}
        key = f"{dialogue.slug()}:{session.number}"
        yield session, Stretch(None, None, key, lines, witnesses)
