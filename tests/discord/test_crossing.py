"""From the event loop to rows: steps wait for one another only where they must."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from conversations.discord.crossing import hurried, step
from tests.patience import PATIENCE_S


async def test_steps_run_side_by_side() -> None:
    meeting = threading.Barrier(3)
    met = await asyncio.gather(
        step(meeting.wait, PATIENCE_S),
        step(meeting.wait, timeout=PATIENCE_S),
        hurried(meeting.wait, timeout=PATIENCE_S),
    )
    assert sorted(met) == [0, 1, 2]


async def test_what_is_hurried_waits_for_no_step() -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    freed = threading.Event()
    waiting = asyncio.create_task(step(freed.wait, PATIENCE_S))
    await asyncio.sleep(0)  # it has the only thread
    await hurried(freed.set)
    assert await waiting
