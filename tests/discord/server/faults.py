"""What goes wrong, switched on and off by a test at any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from tests.discord.server.loop import in_loop

if TYPE_CHECKING:
    from tests.discord.server.standin import DiscordServer

JSON = "application/json"
JSON_WITH_CHARSET = "application/json; charset=utf-8"

Spoil = Callable[[dict[str, Any]], Any]


@dataclass
class Rule:
    """What befalls the next requests of a route, such as `POST /webhooks/*`."""

    route: str
    times: int | None  # None: until cleared
    delay_s: float = 0.0
    status: int = 0
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    is_cut_before: bool = False  # the line is cut before anything was done
    is_lost: bool = False  # it is done, and the line is cut before the answer

    def fits(self, method: str, path: str) -> bool:
        return self.times != 0 and fnmatchcase(f"{method} {path}", self.route)


@dataclass
class _Poison:
    name: str
    times: int
    spoil: Spoil


class Faults:
    """Routes are patterns over method and path without /api/v10: `POST /channels/*/messages`,
    `* /webhooks/*`, `GET *`. `times` is how many requests are hit, None for all until `clear`."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.rules: list[Rule] = []
        # Settings; assign to them at any time.
        self.content_type = JSON  # JSON_WITH_CHARSET: as compatible servers answer
        self.roles_as_objects = False  # members' roles as objects, not ids
        self.nulls_in_history = False  # messages of GET /messages with nulls for lists and names
        self.heartbeats_unanswered = False
        self.duplicate_events = False
        self.reorder_within_s = 0.0  # events of such a span reach the client shuffled
        self.gateway_delay_s = 0.0  # before each event, on connections made from now on
        self._drops: dict[str, int] = {}
        self._poisons: list[_Poison] = []
        self._invalid_sessions = 0

    @in_loop
    def rate_limit(
        self,
        route: str,
        times: int | None = 1,
        *,
        retry_after: float = 0.5,
        scope: str = "user",
    ) -> None:
        """429 with this retry_after. Scopes: user, shared, global."""
        is_global = scope == "global"
        body = {
            "message": "You are being rate limited.",
            "retry_after": retry_after,
            "global": is_global,
        }
        headers = {"Retry-After": str(int(retry_after) + 1), "X-RateLimit-Scope": scope}
        headers |= {"Via": "1.1 stand-in"} | ({"X-RateLimit-Global": "true"} if is_global else {})
        self.rules.append(Rule(route, times, status=429, body=body, headers=headers))

    @in_loop
    def fail(self, route: str, times: int | None = 1, *, status: int = 500) -> None:
        """An answer without effect from somewhere before Discord itself, as 502s are."""
        body = f"<html><body>{status}: upstream error</body></html>"
        self.rules.append(Rule(route, times, status=status, body=body))

    @in_loop
    def refuse(
        self, route: str, times: int | None = 1, *, status: int = 403, code: int, message: str
    ) -> None:
        """An error of Discord's own, such as 403 50013 'Missing Permissions'."""
        body = {"message": message, "code": code}
        self.rules.append(Rule(route, times, status=status, body=body))

    @in_loop
    def delay(self, route: str, seconds: float, times: int | None = None) -> None:
        self.rules.append(Rule(route, times, delay_s=seconds))

    @in_loop
    def lose_response(self, route: str, times: int | None = 1) -> None:
        """It is done (the message stands there), and the line is cut before the answer."""
        self.rules.append(Rule(route, times, is_lost=True))

    @in_loop
    def cut(self, route: str, times: int | None = 1) -> None:
        """The line is cut before anything was done."""
        self.rules.append(Rule(route, times, is_cut_before=True))

    @in_loop
    def drop_events(self, name: str, times: int = 1) -> None:
        """The next events of this name never reach anybody, not even by a resume."""
        self._drops[name] = self._drops.get(name, 0) + times

    @in_loop
    def poison(self, name: str, spoil: Spoil | None = None, times: int = 1) -> None:
        """Spoil the next events of this name; by default each of their fields becomes null."""
        self._poisons.append(_Poison(name, times, spoil or nulled))

    @in_loop
    def invalidate_next(self, times: int = 1) -> None:
        """The next identifications are answered with op 9."""
        self._invalid_sessions += times

    @in_loop
    def clear(self) -> None:
        """All is well again."""
        Faults.__init__(self, self.server)

    # What the stand-in asks, in its loop

    def befalling(self, method: str, path: str) -> list[Rule]:
        """The rules that hit this request; each counts it."""
        found = [rule for rule in self.rules if rule.fits(method, path)]
        for rule in found:
            if rule.times is not None:
                rule.times -= 1
        self.rules = [rule for rule in self.rules if rule.times != 0]
        return found

    def take_drop(self, name: str) -> bool:
        left = self._drops.get(name, 0)
        if left:
            self._drops[name] = left - 1
        return bool(left)

    def take_poison(self, name: str) -> Spoil | None:
        for poison in self._poisons:
            if poison.name == name and poison.times:
                poison.times -= 1
                return poison.spoil
        return None

    def take_invalid_session(self) -> bool:
        if self._invalid_sessions:
            self._invalid_sessions -= 1
            return True
        return False


def nulled(data: dict[str, Any]) -> dict[str, Any]:
    """An event of which only ids are left."""
    return {key: value if key.endswith("id") else None for key, value in data.items()}
