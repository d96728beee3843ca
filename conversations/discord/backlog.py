"""What is left unsaid when much had to wait: after an outage nobody wants an hour of talk at once.
Pure functions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from conversations.discord.outbound_rules import OutboundRules


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something of a channel that waits to be sent and of which nothing has been sent yet."""

    delivery: int
    since: dt.datetime
    answers_person: bool = False
    is_reaction: bool = False


def unsaid(waiting: Sequence[Waiting], rules: OutboundRules, now: dt.datetime) -> dict[int, str]:
    """Which of these, in their order, are not to be sent any more, and why.

    Whatever is too old to fit the talk as it is now, and of what is late, all but the last few. An
    answer to a person is waited for longer, and isn't dropped to make room.
    """
    left: dict[int, str] = {}
    kept_late = 0
    for one in reversed(waiting):
        age = (now - one.since).total_seconds()
        most_min = rules.stale_answer_min if one.answers_person else rules.stale_min
        if age > most_min * 60:
            left[one.delivery] = f"Left unsaid: it could not be sent for {most_min:g} minutes."
        elif age > rules.late_s and not one.answers_person and not one.is_reaction:
            kept_late += 1
            if kept_late > rules.late_most:
                left[one.delivery] = (
                    f"Left unsaid: more than {rules.late_most} messages had waited here."
                )
    return left
