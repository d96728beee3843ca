"""What is to become of a text that rules or an endpoint object to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Side = Literal["people", "characters"]
LET, FLAG, QUARANTINE, REFUSE = "", "flag", "quarantine", "refuse"
STRENGTH = {LET: 0, FLAG: 1, QUARANTINE: 2, REFUSE: 3}
SEVERITIES = ("low", "medium", "high")
# Which severities act, by how strict a place is.
ACTS_ON = {
    "off": frozenset[str](),
    "relaxed": frozenset({"high"}),
    "standard": frozenset({"medium", "high"}),
    "strict": frozenset(SEVERITIES),
}
# What somebody in danger says of themselves is never held back: they are answered (docs/care.md).
OF_DANGER = "self-harm"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is in force. `community` and `channel` are keys; neither: everywhere."""

    pk: int
    name: str
    kind: str
    pattern: str
    community: int | None
    channel: int | None
    applies_to: str
    action: str
    severity: str

    def concerns(self, side: Side, community: int, channel: int) -> bool:
        """Whether it looks at what this side says in a place."""
        return (
            self.applies_to in ("both", side)
            and self.community in (None, community)
            and self.channel in (None, channel)
        )


@dataclass(frozen=True, slots=True)
class Objection:
    """What was objected to: by a rule, or by the endpoint with a category and its score."""

    action: str
    rule: int | None = None
    name: str = ""
    part: str = ""
    category: str = ""
    score: float | None = None

    def facts(self) -> dict[str, Any]:
        """As it is kept beside the case."""
        kept = {"rule": self.name, "part": self.part[:100], "category": self.category}
        if self.score is not None:
            kept["score"] = round(self.score, 3)  # type: ignore[assignment]
        return {name: value for name, value in kept.items() if value != ""}

    def __str__(self) -> str:
        if self.name:
            return f"rule “{self.name}”"
        score = "" if self.score is None else f" ({self.score:.2f})"
        return f"{self.category}{score}"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is to become of a text, and why. The weightiest objection comes first."""

    action: str = LET
    objections: tuple[Objection, ...] = field(default=())

    @property
    def stops(self) -> bool:
        """Whether nobody is to see the text, now at least."""
        return self.action in (QUARANTINE, REFUSE)

    @property
    def why(self) -> str:
        """The weightiest objection, in a few words."""
        return str(self.objections[0]) if self.objections else ""

    def mildened(self) -> Judgement:
        """The same, but that nobody is kept from seeing the text."""
        return Judgement(FLAG, self.objections) if self.stops else self


NOTHING = Judgement()


def judged(objections: Iterable[Objection]) -> Judgement:
    """What all objections come to: the strongest act is done."""
    ordered = sorted(objections, key=lambda one: -STRENGTH[one.action])
    return Judgement(ordered[0].action, tuple(ordered)) if ordered else NOTHING


def by_scores(
    scores: Mapping[str, float], hold_at: float, flag_at: float, passed_over: Iterable[str] = ()
) -> Judgement:
    """What an endpoint's scores come to, from 0 to 1 by category. A category that is passed over
    passes its kinds over too: `violence` stands for `violence/graphic`."""
    ignored = tuple(passed_over)
    found = []
    for category, score in scores.items():
        if any(category == one or category.startswith(f"{one}/") for one in ignored):
            continue
        if score >= hold_at and not category.startswith(OF_DANGER):
            found.append(Objection(QUARANTINE, category=category, score=score))
        elif score >= flag_at:
            found.append(Objection(FLAG, category=category, score=score))
    return judged(sorted(found, key=lambda one: -(one.score or 0)))
