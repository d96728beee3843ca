"""One webhook for each channel, by which all characters speak there."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from discord.http import Route

from conversations.discord import outbox
from conversations.discord.cargo import Hook, Room
from conversations.discord.crossing import step
from conversations.discord.facts import Us
from conversations.discord.refusals import Failure, Kind
from conversations.discord.rest import Rest

log = logging.getLogger(__name__)

NAME = "Fishbowl"
INCOMING = 1


class Webhooks:
    """Finds the webhook of a channel: the one that is stored, another of ours, or a new one."""

    def __init__(self, rest: Rest, us: Us) -> None:
        self._rest = rest
        self._us = us
        self._at_work: dict[int, asyncio.Lock] = {}

    async def of(self, room: Room) -> Hook:
        """The webhook to speak by in a channel or in its threads.

        Raises:
            Failure: there is none, and none can be made.
        """
        if room.hook is not None:
            return room.hook
        async with self._at_work.setdefault(room.hook_key, asyncio.Lock()):
            made = None
            if (found := await self._find(room)) is None:
                found = made = await self._make(room)
            kept = await step(outbox.keep_webhook, room, found)
        if made is not None and kept != made:  # a thread of it, or another process, was first
            await self._remove(made)
        return kept

    async def check(self, room: Room) -> None:
        """See whether a channel could be written to now.

        Raises:
            Failure: it could not.
        """
        if not room.is_direct:
            await self._find(room)

    async def is_there(self, place: int, webhook_id: int) -> bool:
        """Whether a webhook is in the channel with this id of Discord's.

        Raises:
            Failure: Discord doesn't let it be looked for.
        """
        return any(int(one["id"]) == webhook_id for one in await self._all(place))

    async def _all(self, place: int) -> list[dict[str, Any]]:
        route = Route("GET", "/channels/{channel_id}/webhooks", channel_id=place)
        return await self._rest.ask(route) or []

    async def _find(self, room: Room) -> Hook | None:
        ours = [one for one in await self._all(room.hook_place) if self._is_ours(one)]
        ours.sort(key=lambda one: (one.get("name") != NAME, int(one["id"])))
        return _hook(ours[0]) if ours else None

    async def _make(self, room: Room) -> Hook:
        route = Route("POST", "/channels/{channel_id}/webhooks", channel_id=room.hook_place)
        return _hook(await self._rest.ask(route, {"name": NAME}))

    async def _remove(self, hook: Hook) -> None:
        route = Route(
            "DELETE",
            "/webhooks/{webhook_id}/{webhook_token}",
            webhook_id=hook.id,
            webhook_token=hook.token,
        )
        try:
            await self._rest.ask(route)
        except Failure as failure:
            if failure.kind is not Kind.WEBHOOK_GONE:
                log.warning("A webhook that isn't needed was left: %s", failure)

    def _is_ours(self, one: dict[str, Any]) -> bool:
        if one.get("type", INCOMING) != INCOMING or not one.get("token"):
            return False
        maker = (one.get("user") or {}).get("id")
        of_application = str(one.get("application_id")) == str(self._us.application_id)
        return of_application or str(maker) == str(self._us.user_id)


def _hook(one: dict[str, Any]) -> Hook:
    return Hook(int(one["id"]), str(one["token"]))
