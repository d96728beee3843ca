"""How much one browser may send, and how often it may be connected. Counted in this process."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """Lets `size` through at once and `size` every `per_s` seconds. Times are monotonic seconds."""

    size: float
    per_s: float
    level: float = -1.0
    filled_at: float = 0.0

    def take(self, now: float) -> bool:
        """Whether one more may pass now."""
        if self.level < 0:
            self.level = self.size
        else:
            gained = (now - self.filled_at) * self.size / self.per_s
            self.level = min(self.size, self.level + gained)
        self.filled_at = now
        if self.level < 1:
            return False
        self.level -= 1
        return True


class Seats:
    """How many connections each guest holds, at most `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._taken: Counter[str] = Counter()

    def take(self, guest: str) -> bool:
        """Take a seat; False when all are taken."""
        if self._taken[guest] >= self.most:
            return False
        self._taken[guest] += 1
        return True

    def leave(self, guest: str) -> None:
        """Give a seat back."""
        self._taken[guest] -= 1
        if self._taken[guest] <= 0:
            del self._taken[guest]
