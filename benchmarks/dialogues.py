"""Long conversations of two people with questions about them: a file of the public data set LoCoMo.

It is no part of this repository. It goes by the name `locomo10.json`, and whoever has it names its
place with `--dialogues` or in the environment variable LOCOMO.
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
    from memories.stretch import Stretch
    from memories.view import Audience

KINDS = {1: "multi-hop", 2: "temporal", 3: "open-domain", 4: "single-hop", 5: "adversarial"}
WHERE = (
    "No dialogues to ask about. The measure of recall over past talk needs the public data set "
    "LoCoMo ('Evaluating Very Long-Term Conversational Memory of LLM Agents', 10 conversations): "
    "have its file locomo10.json, and name it with --dialogues or in LOCOMO."
)
_SESSION = re.compile(r"session_(\d+)")
_LINE = re.compile(r"D:?(\d+):(\d+)")


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
    """A conversation over months. Of its two people the first is played by a character."""

    number: int
    people: tuple[str, str]
    sessions: tuple[Session, ...]
    questions: tuple[Asked, ...]

    def names(self) -> frozenset[str]:
        """Everybody in it, in lower case."""
        return frozenset(name.lower() for name in self.people)


def place(named: str) -> Path | None:
    """Where the file lies, by option or environment; None where nobody says."""
    path = named or os.environ.get("LOCOMO", "")
    return Path(path).resolve() if path else None


def read(path: Path) -> list[Dialogue]:
    """The dialogues of a file, in the order of their numbers."""
    found = [_dialogue(one) for one in json.loads(path.read_text(encoding="utf-8"))]
    return sorted(found, key=lambda one: one.number)


def _dialogue(one: dict[str, Any]) -> Dialogue:
    talk = one["conversation"]
    numbers = sorted(int(m[1]) for key in talk if (m := _SESSION.fullmatch(key)))
    sessions = tuple(_session(talk, number) for number in numbers)
    known = {line.id for session in sessions for line in session.lines}
    questions = []
    for asked in one["qa"]:
        lines = {
            f"D{int(session)}:{int(number)}"
            for evidence in asked.get("evidence") or ()
            for session, number in _LINE.findall(evidence)
        } & known
        if lines:
            questions.append(Asked(asked["question"], KINDS[asked["category"]], frozenset(lines)))
    return Dialogue(
        int(one["sample_id"].split("-")[1]),
        (talk["speaker_a"], talk["speaker_b"]),
        sessions,
        tuple(questions),
    )


def _session(talk: dict[str, Any], number: int) -> Session:
    said_at = talk[f"session_{number}_date_time"] + " +0000"
    at = dt.datetime.strptime(said_at, "%I:%M %p on %d %B, %Y %z")
    lines = tuple(
        Line(one["dia_id"], one["speaker"], one.get("text") or "…", one.get("blip_caption") or "")
        for one in talk[f"session_{number}"]
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
    from memories.names import forget_names
    from memories.traces import trace, worth_tracing

    first, second = dialogue.people
    slug = f"dialogue-{dialogue.number}"
    owner = create_character(name=f"{first} {dialogue.number}x", slug=slug)
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
    from memories.stretch import Heard, Stretch

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
        key = f"dialogue-{dialogue.number}:{session.number}"
        yield session, Stretch(None, None, key, lines, witnesses)
