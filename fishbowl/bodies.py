"""How much a request may carry. Django writes a body to the disk before it looks whose it is and
where it goes, so that anybody could fill the disk that the rows are on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Any, Receive, Send], Awaitable[None]]

# Bytes: the largest file that the desk takes (a zip of cards, `characters.cards.reading`), and the
# rest of its form.
LARGEST_BODY = 110_000_000
TOO_LARGE = f"That is too much at once: at most {LARGEST_BODY:,} bytes.\n".encode()


class AtMost:
    """Answers a request with 413 once it has carried, or says that it will carry, more than
    `largest` bytes; all others go on to `application`."""

    def __init__(self, application: Application, largest: int = LARGEST_BODY) -> None:
        self.application = application
        self.largest = largest

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        declared = dict(scope["headers"]).get(b"content-length", b"")
        if declared.isdigit() and int(declared[:20]) > self.largest:
            await _refuse(send)
            return
        carried = 0

        async def counted() -> Message:
            nonlocal carried
            message = await receive()
            carried += len(message.get("body", b""))
            # To Django whoever sends too much has hung up: it lets go of what came so far.
            return message if carried <= self.largest else {"type": "http.disconnect"}

        await self.application(scope, counted, send)
        if carried > self.largest:
            await _refuse(send)


async def _refuse(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(TOO_LARGE)).encode()),
        (b"connection", b"close"),  # what is still on its way is read by nobody
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LARGE})
