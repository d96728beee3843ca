"""How events reach a session: as they happen, or doubled, out of order, lost or spoilt."""

from __future__ import annotations

import asyncio
import copy
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.discord.server.sessions import Session
    from tests.discord.server.standin import DiscordServer

# A double of these Discord never sends.
NEVER_DOUBLED = {"INTERACTION_CREATE", "GUILD_DELETE", "GUILD_MEMBER_REMOVE"}


class Delivery:
    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self._waiting: dict[Session, list[tuple[str, Any]]] = {}
        self._random = Random(7)

    def send(self, session: Session, name: str, data: Any) -> None:
        faults = self.server.faults
        if faults.take_drop(name):
            return
        if spoil := faults.take_poison(name):
            data = spoil(copy.deepcopy(data))
        times = 2 if faults.duplicate_events and name not in NEVER_DOUBLED else 1
        for _ in range(times):
            if faults.reorder_within_s:
                self._hold(session, name, data)
            else:
                session.deliver(name, data)

    def _hold(self, session: Session, name: str, data: Any) -> None:
        held = self._waiting.setdefault(session, [])
        if not held:
            loop = asyncio.get_running_loop()
            loop.call_later(self.server.faults.reorder_within_s, self._release, session)
        held.append((name, data))

    def _release(self, session: Session) -> None:
        held = self._waiting.pop(session, [])
        self._random.shuffle(held)
        for name, data in held:
            session.deliver(name, data)
