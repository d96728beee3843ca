"""Whose an interaction is, where more than one bot runs: Discord tells it to each of them."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings

from memories.recall import redis_store

ANSWERED_WITHIN_S = 900  # later nobody may answer it

# Of its own: until it is taken nobody is told that they are to wait, and it waits for no database.
_taking = ThreadPoolExecutor(2, thread_name_prefix="claims")


async def taken(interaction_id: int) -> bool:
    """`take`, for the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_taking, take, interaction_id)


def take(interaction_id: int) -> bool:
    """Whether this bot is the one to see to it. Without Redis each is: one bot is what there mostly
    is, and whoever asked waits for it."""
    key = f"{settings.REDIS_PREFIX}:interaction:{interaction_id}"
    taken = redis_store.ask(
        lambda client: bool(client.set(key, b"1", nx=True, ex=ANSWERED_WITHIN_S))
    )
    return taken is not False
