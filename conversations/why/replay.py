"""Makes a decision of the director again, from what its turn says it was decided on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from conversations.floor.pace import as_in_force
from conversations.floor.turntaking import Floor, decide
from conversations.models import Turn


class NotReplayableError(Exception):
    """What a turn was decided on is not there, or is of a shape this version doesn't know."""


@dataclass(frozen=True, slots=True)
class Replay:
    """A decision as it was made and as it would be made from the same facts, rules and seed."""

    stored: dict[str, Any]
    made_again: dict[str, Any]

    @property
    def differences(self) -> dict[str, tuple[Any, Any]]:
        """What differs, by name: as stored, and as made again."""
        return {
            name: (value, self.made_again[name])
            for name, value in self.stored.items()
            if value != self.made_again[name]
        }

    @property
    def is_same(self) -> bool:
        return not self.differences


def replay(turn: Turn) -> Replay:
    """Decide again what `turn` decided. Reads nothing but the turn.

    Raises:
        NotReplayableError: the turn's floor or rules can't be read.
    """
    if not turn.floor:
        raise NotReplayableError(f"Turn {turn.pk} kept nothing of what it was decided on.")
    try:
        floor = Floor.from_json(turn.floor)
        rules, pace = as_in_force(turn.rules)
        decision = decide(floor, rules, turn.random_seed, pace)
    except (TypeError, ValueError, KeyError) as error:
        raise NotReplayableError(
            f"Turn {turn.pk} was decided on something this version doesn't know: {error}."
        ) from error
    return Replay(
        {
            "action": turn.action,
            "move": turn.move,
            "chosen": turn.chosen_id,
            "scores": turn.scores,
        },
        {
            "action": decision.action,
            "move": decision.move,
            "chosen": decision.chosen,
            "scores": decision.scores,
        },
    )
