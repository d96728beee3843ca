"""The event loop that the stand-in lives in, and the way into it from a test's thread."""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

R = TypeVar("R")
P = ParamSpec("P")


class Loop:
    """A thread with an event loop. Everything that the stand-in knows changes only there."""

    loop: asyncio.AbstractEventLoop

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="discord stand-in", daemon=True)

    def start(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread.start()

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self.loop.run_until_complete(self._let_all_end())
            self.loop.close()

    async def _let_all_end(self) -> None:
        """Whatever still runs, and the transports that were aborted last."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.hang_up()

    async def hang_up(self) -> None:
        """End every connection, those that were being accepted when the door closed too: they have
        a transport within a few rounds, which nobody else may know of."""
        for _ in range(10):
            for transport in list(getattr(self.loop, "_transports", {}).values()):
                transport.abort()
            await asyncio.sleep(0)

    def do(self, deed: Callable[[], R]) -> R:
        """Do something in the loop and wait for it; at once if this is the loop, or none runs."""
        if threading.current_thread() is self._thread or not self._thread.is_alive():
            return deed()
        done: Future[R] = Future()

        def run() -> None:
            try:
                done.set_result(deed())
            except BaseException as error:
                done.set_exception(error)

        self.loop.call_soon_threadsafe(run)
        return done.result(30)

    def wait(self, awaitable: Awaitable[R]) -> R:
        """Have a coroutine run in the loop, and wait for it."""

        async def run() -> R:
            return await awaitable

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(30)


class _OfAServer(Protocol):
    @property
    def server(self) -> Any: ...


S = TypeVar("S", bound=_OfAServer)


def in_loop(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """A method that a test may call from its own thread and that runs in the stand-in's."""

    @functools.wraps(method)
    def called(self: S, /, *arguments: P.args, **named: P.kwargs) -> R:
        return self.server.loop.do(lambda: method(self, *arguments, **named))

    return called
