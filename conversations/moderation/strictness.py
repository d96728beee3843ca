"""How strictly a place is moderated, as keepers set it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.configuration.configuration import declare
from audit.configuration.configuration import in_force as rules_in_force
from fishbowl.overrides import laid_over, setting

LEVELS = ("off", "relaxed", "standard", "strict")


@dataclass(frozen=True, slots=True)
class Strictness:
    """What is held back of what is said (docs/moderation.md)."""

    level: str = setting(
        "standard",
        "Which rules act: relaxed, those of high severity; standard, of medium too; strict, all; "
        "off, none, and the endpoint isn't asked.",
        choices=LEVELS,
    )
    hold_at_relaxed: float = setting(
        0.95, "Where it is relaxed, a category's score from which a text is held.", least=0, most=1
    )
    hold_at_standard: float = setting(0.8, "Where it is standard.", least=0, most=1)
    hold_at_strict: float = setting(0.5, "Where it is strict.", least=0, most=1)
    flag_below: float = setting(
        0.2, "A score so far below that, and the text is flagged only.", least=0, most=1
    )
    passed_over: tuple[str, ...] = setting(
        (), "Categories of the endpoint that are let be here, such as violence in a tale."
    )
    characters_too: bool = setting(
        True, "Whether the endpoint is asked about characters' lines, before they are said."
    )
    when_unreachable: str = setting(
        "let_through",
        "let_through: what people say is shown at once and looked at after; where the endpoint "
        "can't be asked it stands, flagged. hold: nothing is shown before it was looked at.",
        choices=("let_through", "hold"),
    )
    words_days: int = setting(
        90, "Days for which the words of what was decided against are kept.", least=0, most=3650
    )

    @property
    def hold_at(self) -> float:
        """The score from which a text is held."""
        by_level = {"relaxed": self.hold_at_relaxed, "strict": self.hold_at_strict}
        return by_level.get(self.level, self.hold_at_standard)

    @property
    def flag_at(self) -> float:
        """The score from which it is flagged."""
        return max(0.01, self.hold_at - self.flag_below)


def _built(values: Mapping[str, Any]) -> Strictness:
    rules = laid_over(Strictness, "moderation", values, of="moderation")
    if not rules.hold_at_strict <= rules.hold_at_standard <= rules.hold_at_relaxed:
        raise ValueError(
            "moderation.hold_at_strict may be at most hold_at_standard, and that at most "
            "hold_at_relaxed: what is stricter holds more."
        )
    return rules


MODERATION = declare(
    "moderation",
    Strictness(),
    title="moderation",
    scopes=("community", "channel"),
    build=_built,
)


def in_force(community: int | None = None, channel: int | None = None) -> Strictness:
    """As keepers have set it, at most a second old."""
    return rules_in_force(MODERATION, community=community, channel=channel)
