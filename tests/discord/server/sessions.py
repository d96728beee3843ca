"""A client's session: what it was sent, and what it must be sent again when it resumes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import zlib
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

try:
    from compression import zstd  # type: ignore[import-not-found]  # from Python 3.14 on
except ImportError:
    zstd = None

KEPT = 5_000  # events a session may miss and still be sent


@dataclass(frozen=True)
class Close:
    """The end of a connection: by a close code, or (None) without a word."""

    code: int | None
    reason: str = ""


class Connection:
    """One socket. What is to be sent waits in a queue, so that nobody waits for a slow client."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, compress: str) -> None:
        self.socket = socket
        self.request = request
        self.session: Session | None = None
        self.delay_s = 0.0
        self.received: deque[float] = deque()
        self.last_heartbeat = time.monotonic()
        self.is_closing = False
        self._queue: asyncio.Queue[str | Close] = asyncio.Queue()
        self._compress: Any = None
        if compress == "zlib-stream":
            self._compress = zlib.compressobj()
        elif compress == "zstd-stream" and zstd is not None:
            self._compress = zstd.ZstdCompressor()

    def send(self, op: int, data: Any = None) -> None:
        self.send_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def send_text(self, text: str) -> None:
        if not self.is_closing:
            self._queue.put_nowait(text)

    def close(self, code: int | None, reason: str = "") -> None:
        if not self.is_closing:
            self.is_closing = True
            self._queue.put_nowait(Close(code, reason))

    def abort(self) -> None:
        """The line goes dead now; what waits to be sent is not."""
        self.is_closing = True
        self._queue.put_nowait(Close(None))
        if self.request.transport is not None:
            self.request.transport.abort()

    async def write(self) -> None:
        """Send what waits, until the connection ends."""
        with contextlib.suppress(ConnectionError):
            while True:
                item = await self._queue.get()
                if isinstance(item, Close):
                    await self._end(item)
                    return
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                await self._send(item.encode())

    async def _send(self, data: bytes) -> None:
        if self._compress is None:
            await self.socket.send_str(data.decode())
        elif isinstance(self._compress, type(zlib.compressobj())):
            whole = self._compress.compress(data) + self._compress.flush(zlib.Z_SYNC_FLUSH)
            await self.socket.send_bytes(whole)
        else:
            await self.socket.send_bytes(
                self._compress.compress(data, mode=self._compress.FLUSH_BLOCK)
            )

    async def _end(self, close: Close) -> None:
        if close.code is not None:
            await self.socket.close(code=close.code, message=close.reason.encode())
        elif self.request.transport is not None:
            self.request.transport.abort()


@dataclass(eq=False)
class Session:
    id: str
    token: str = field(repr=False)
    intents: int
    shard: int
    shards: int
    identify: dict[str, Any] = field(repr=False)
    sequence: int = 0
    connection: Connection | None = field(default=None, repr=False)
    sent: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=KEPT), repr=False)
    left_at: float = 0.0
    resumes: int = 0

    @property
    def is_connected(self) -> bool:
        return self.connection is not None and not self.connection.is_closing

    def deliver(self, name: str, data: Any) -> None:
        """Number an event, keep it for a resume, and send it if somebody is there."""
        self.sequence += 1
        text = json.dumps({"op": 0, "t": name, "s": self.sequence, "d": data})
        self.sent.append((self.sequence, text))
        if self.connection is not None:
            self.connection.send_text(text)

    def can_resume_from(self, sequence: int) -> bool:
        return self.sequence == sequence or (bool(self.sent) and self.sent[0][0] <= sequence + 1)

    def missed_since(self, sequence: int) -> list[str]:
        return [text for number, text in self.sent if number > sequence]
