"""Crossing from the event loop to rows: once for each step, in a thread that waits for nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
T = TypeVar("T")


async def step(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a synchronous step. Connections that died are dropped before it and after."""
    crossing = database_sync_to_async(function, thread_sensitive=False)
    result: T = await crossing(*args, **kwargs)
    return result
