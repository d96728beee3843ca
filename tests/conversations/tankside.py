"""A browser's end of the tank's websocket, for tests: real Redis, real rows."""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator

from conversations.tank.routing import websocket_application
from tests.patience import PATIENCE_S


def new_key() -> str:
    """The secret of a browser that has not come before."""
    return secrets.token_urlsafe(32)


class Browser(WebsocketCommunicator):
    """A websocket with the site's own origin and a guest's cookie."""

    # Channels' own would keep every thread's database connection open meanwhile, for the sake of
    # tests in one transaction. Ours commit, and connections are closed as in the real process.
    send_input = ApplicationCommunicator.send_input
    receive_output = ApplicationCommunicator.receive_output

    def __init__(
        self,
        key: str = "",
        *,
        origin: str = "http://localhost:8000",
        host: str = "localhost:8000",
        cookies: dict[str, str] | None = None,
        path: str = "/live/",
        client: str = "",
    ) -> None:
        cookies = {**({"guest": key} if key else {}), **(cookies or {})}
        header = "; ".join(f"{name}={value}" for name, value in cookies.items())
        headers = [(b"host", host.encode()), (b"cookie", header.encode())]
        if origin:
            headers.append((b"origin", origin.encode()))
        super().__init__(websocket_application, path, headers)
        if client:
            self.scope["client"] = (client, 40_000)
        self.heard: list[dict[str, Any]] = []

    async def tell(self, **frame: Any) -> None:
        await self.send_to(text_data=json.dumps(frame))

    async def hear(self, kind: str, **facts: Any) -> dict[str, Any]:
        """The next frame of that type with those facts; what comes before it is kept in `heard`."""
        while True:
            frame = json.loads(await self.receive_from(timeout=PATIENCE_S))
            self.heard.append(frame)
            if frame["type"] == kind and all(frame.get(k) == v for k, v in facts.items()):
                return frame

    async def hear_out(self) -> list[dict[str, Any]]:
        """Everything until it has been quiet for a moment."""
        while not await self.receive_nothing(timeout=0.3):
            self.heard.append(json.loads(await self.receive_from(timeout=PATIENCE_S)))
        return self.heard

    async def join(self, name: str) -> dict[str, Any]:
        await self.tell(type="join", name=name)
        return await self.hear("hello")

    async def watch(self, *rooms: tuple[int, int]) -> list[dict[str, Any]]:
        await self.tell(type="watch", channels=[{"id": pk, "after": after} for pk, after in rooms])
        return [await self.hear("messages", channel=pk) for pk, _ in rooms]

    def messages(self) -> list[int]:
        """The ids of all messages heard, in the order they came, by catch-up and by event."""
        found = []
        for frame in self.heard:
            if frame["type"] == "messages":
                found += [message["id"] for message in frame["messages"]]
            elif frame.get("event") == "message.sent":
                found.append(frame["message"]["id"])
        return found


@asynccontextmanager
async def browser(key: str = "", **how: Any) -> AsyncIterator[Browser]:
    """A browser that has been greeted, and leaves at the end."""
    one = Browser(key, **how)
    is_connected, _ = await one.connect(timeout=PATIENCE_S)
    assert is_connected
    await one.hear("hello")
    try:
        yield one
    finally:
        await one.disconnect()


rows = database_sync_to_async
