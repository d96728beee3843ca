"""What was found in a stretch of talk, by a model or by rules: the same shapes either way. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something that was spoken of by name."""

    name: str
    kind: str = "thing"  # memories.models.entity.EntityKind
    pronoun: str = ""
    aliases: tuple[str, ...] = ()
    apart: str = ""  # what tells it from others of its name (memories.formation.namesakes)


@dataclass(frozen=True, slots=True)
class Related:
    """What one of them is to another: subject, relation in lower case, object."""

    subject: str
    relation: str
    object: str


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that was learned, in the third person, and the numbers of the lines it rests on.

    `subject` is the name of whoever it is about, if that is one of those who spoke. What is told of
    a person by that person, and lasts, is a fact of `fact_type`; '' for anything else. `lasts`
    names what it fades with: home, job, relationship, plan, feeling; '' lasts. `instead` is
    set where it corrects what was said before: what stood in its place ("Monday"), or '' where
    that wasn't said.
    """

    content: str
    lines: tuple[int, ...]
    subject: str = ""
    fact_type: str = ""
    temporal: str = "present"
    lasts: str = ""
    confidence: float = 0.8
    tone: float = 0.0
    visibility: str = "public"
    importance: float | None = None  # the finder's own opinion, 1–10
    named: tuple[Named, ...] = ()
    related: tuple[Related, ...] = ()
    instead: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the scratchpad, and the lines it rests on."""

    part: str  # memories.models.scratchpad.ScratchpadPart
    content: str
    lines: tuple[int, ...]
    confidence: float = 0.6
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """What one line says for (1.0) or against (−1.0) the topic of a discussion. `certainty` is how
    plainly, `quote` the words, or a reason in words."""

    line: int
    sentiment: float
    certainty: float
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Discussion:
    """A topic that more than one took up, the lines in which it is spoken of, and the side each
    speaker took: one each."""

    topic: str
    lines: tuple[int, ...]
    sides: tuple[Side, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A joke, a place or a phrase that two used, and the lines where they did."""

    text: str
    kind: str  # joke, place, phrase
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Feeling:
    """What a line shows its speaker to feel, as a model reads it; rules don't go so far here."""

    line: int
    emotion: str
    intensity: float


@dataclass(frozen=True, slots=True)
class Vote:
    """That the speaker of a line is for a proposal, or against it."""

    line: int
    is_for: bool


@dataclass(frozen=True, slots=True)
class Proposed:
    """Something that the speaker of a line would have everybody do, and who is for it. `what` are
    the words after 'let us'."""

    line: int
    kind: str  # conversations.models.society.ProposalKind
    what: str
    votes: tuple[Vote, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found. `by` says who found it: a model's name, or 'rules'."""

    statements: tuple[Statement, ...] = ()
    notes: tuple[Note, ...] = ()
    by: str = "rules"
    discussions: tuple[Discussion, ...] = ()
    references: tuple[Reference, ...] = ()
    feelings: tuple[Feeling, ...] = ()
    proposals: tuple[Proposed, ...] = ()
