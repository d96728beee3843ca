"""A circuit breaker: a server that failed is left alone for a while, by a whole process. What is
known of model servers all processes share, as rows (`fishbowl.llm.breaker`)."""

from __future__ import annotations

import time


class CircuitBreaker:
    """Open for `rest_s` seconds after each failure. Trying a server that is gone takes seconds, in
    which somebody waits: whoever finds the breaker open does without the server instead."""

    def __init__(self, rest_s: float) -> None:
        self.rest_s = rest_s
        self._open_until = 0.0

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._open_until

    def trip(self) -> None:
        """The server failed."""
        self._open_until = time.monotonic() + self.rest_s

    def close(self) -> None:
        """Let the server be tried again at once."""
        self._open_until = 0.0


# Live events and nudges go out one after the other, while a person waits to hear that a message is
# stored. The sweeps make up for both, but a page waits for them: so it is short.
redis_breaker = CircuitBreaker(rest_s=1.0)
