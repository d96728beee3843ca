"""Crossing from the event loop to rows: once for each step, in a thread that waits for nobody."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
T = TypeVar("T")

# Of their own, for what somebody waits for with seconds to spare: the others may all be at the
# channels' histories, or wait for a database that hardly answers.
_hurried = ThreadPoolExecutor(6, thread_name_prefix="hurried")


async def step(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a synchronous step. Connections that died are dropped before it and after."""
    crossing = database_sync_to_async(function, thread_sensitive=False)
    result: T = await crossing(*args, **kwargs)
    return result


async def hurried(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same for what a command or a button asks for: it waits for no channel's step."""
    crossing = database_sync_to_async(function, thread_sensitive=False, executor=_hurried)
    result: T = await crossing(*args, **kwargs)
    return result
