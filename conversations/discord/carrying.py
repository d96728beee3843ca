"""Carries out one delivery: makes what stands on Discord what it shall be, one request at a time.

Texts that aren't there yet are sent, others mended, the rest taken away. Every request's outcome is
a row before the next one is made, so it can be broken off anywhere and gone on with by anybody.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from discord.http import Route

from conversations.discord import outbox, parts
from conversations.discord.cargo import Cargo, Hook, Part, Room, digest
from conversations.discord.crossing import step
from conversations.discord.facts import Us
from conversations.discord.history import find
from conversations.discord.refusals import UNKNOWN_EMOJI, Failure, Kind
from conversations.discord.rest import Rest
from conversations.discord.webhooks import Webhooks

log = logging.getLogger(__name__)

# A request whose answer was lost may still be on its way: so long after it is it looked for.
SETTLES_WITHIN = dt.timedelta(seconds=5)
UNMENDABLE = "It was sent by a webhook that is no more, and stands there as it was."

Clock = Callable[[], dt.datetime]


class Carrier:
    """What it takes to carry out deliveries."""

    def __init__(self, rest: Rest, us: Us, clock: Clock) -> None:
        self._rest = rest
        self._us = us
        self._clock = clock
        self._webhooks = Webhooks(rest, us)

    async def carry(self, cargo: Cargo) -> None:
        """Carry out a claimed delivery as far as it goes, and write down what became of it.

        Raises:
            parts.Lost: somebody else has taken it over.
        """
        try:
            note = (
                await self._react(cargo) if cargo.emoji is not None else await self._settle(cargo)
            )
        except Failure as failure:
            await step(outbox.put_off, cargo, failure, self._clock())
        except parts.Paused:
            await step(outbox.wait_until, cargo, self._clock())
        else:
            if note is not None:
                await step(outbox.finish, cargo, self._clock(), note)

    async def check(self, room: Room) -> None:
        """See whether a channel that was in trouble could be written to again."""
        try:
            await self._webhooks.check(room)
        except Failure as failure:
            if failure.kind is Kind.CHANNEL_GONE:
                await step(outbox.close_channel, room, self._clock())
            elif failure.kind is not Kind.LIMITED:
                await step(outbox.set_trouble, room.key, failure.remedy)
        else:
            await step(outbox.clear_trouble, room.key)

    # --- messages ---------------------------------------------------------------------------------

    async def _settle(self, cargo: Cargo) -> str | None:
        """Make all parts what they shall be. Returns a note for keepers; None if it must wait."""
        note = ""
        for number, text in enumerate(cargo.texts):
            part = cargo.parts.get(number)
            if part is not None and part.is_unsure:
                part = await self._look_for(cargo, part)
                if part is None:
                    return None
            if part is None or part.discord_id is None:
                cargo = await self._send(cargo, number, text)
            elif part.digest != digest(text):
                note = await self._mend(cargo, part, text) or note
        for part in sorted(cargo.parts.values(), key=lambda one: one.number):
            if part.number >= len(cargo.texts):
                if part.is_unsure and (await self._look_for(cargo, part)) is None:
                    return None
                note = await self._take_away(cargo, part) or note
        return note

    async def _look_for(self, cargo: Cargo, part: Part) -> Part | None:
        """Find out whether a part was sent. Returns it as it stands there; None when it is too
        early to say, or it wasn't sent: then it is claimed anew, if it is still to be said."""
        assert part.attempted_at is not None  # noqa: S101 - it is unsure
        settled = part.attempted_at + SETTLES_WITHIN
        if self._clock() < settled:
            await step(outbox.wait_until, cargo, settled)
            return None
        await step(parts.hold, cargo, self._clock())
        found = await find(self._rest, self._us, cargo.room, part)
        if found is None:
            await step(parts.unbegin_part, cargo, part.number)
            await step(outbox.wait_until, cargo, self._clock())
            return None
        await step(parts.note_part, cargo, part.number, found)
        return replace(part, discord_id=found)

    async def _send(self, cargo: Cargo, number: int, text: str) -> Cargo:
        """Send a part. Returns the cargo as it is then: the webhook may be another."""
        for is_last in (False, True):
            hook = None if cargo.by_bot else await self._webhooks.of(cargo.room)
            cargo = replace(cargo, room=replace(cargo.room, hook=hook))
            await self._rest.await_limits(_post_route(cargo, hook))
            await step(
                parts.begin_part, cargo, number, text, hook.id if hook else None, self._clock()
            )
            try:
                answer = await self._post(cargo, number, text, hook)
            except Failure as failure:
                if failure.is_sure:
                    await step(parts.unbegin_part, cargo, number)
                if hook is None or not await self._is_lost(cargo.room, hook, failure):
                    raise
                await step(outbox.forget_webhook, cargo.room.hook_place, hook.id)
                cargo = replace(cargo, room=replace(cargo.room, hook=None))
                if is_last:
                    raise Failure(Kind.WEBHOOK_GONE, str(failure)) from None
            else:
                await step(parts.note_part, cargo, number, int(answer["id"]))
                break
        return cargo

    async def _is_lost(self, room: Room, hook: Hook, failure: Failure) -> bool:
        """Whether a webhook failed because it is no more, or was moved to another channel: threads
        and messages of this one are then unknown to it."""
        is_thread = room.thread is not None
        if failure.kind is Kind.MESSAGE_GONE or (failure.kind is Kind.CHANNEL_GONE and is_thread):
            return not await self._webhooks.is_there(room.hook_place, hook.id)
        return failure.kind is Kind.WEBHOOK_GONE

    async def _post(self, cargo: Cargo, number: int, text: str, hook: Hook | None) -> Any:
        body: dict[str, Any] = {"content": text, "allowed_mentions": cargo.mentions}
        route = _post_route(cargo, hook)
        if hook is None:
            body |= {"nonce": cargo.nonce_of(number), "enforce_nonce": True}
            return await self._rest.ask(route, body)
        query = {"wait": "true", **_thread(cargo)}
        face = {"username": cargo.username, "avatar_url": cargo.avatar_url}
        body |= {key: value for key, value in face.items() if value}
        try:
            answer = await self._rest.ask(route, body, query=query)
        except Failure as failure:
            if not failure.fields & face.keys():
                raise
            # Discord dislikes the name or the picture, by rules that it doesn't tell.
            log.warning("%s can't appear as it should: %s", cargo.username, failure)
            if "username" in failure.fields:
                body["username"] = cargo.fallback_name
            if "avatar_url" in failure.fields:
                body.pop("avatar_url", None)
            answer = await self._rest.ask(route, body, query=query)
        await self._see_that_it_stands_here(cargo, hook, answer)
        return answer

    async def _see_that_it_stands_here(self, cargo: Cargo, hook: Hook, answer: Any) -> None:
        """Keepers of a server may move a webhook to another channel, where it goes on posting. What
        it has just said there is taken away again.

        Raises:
            Failure: it was moved.
        """
        place = int(answer.get("channel_id") or cargo.room.place)
        if place == cargo.room.place:
            return
        log.warning("A webhook was moved out of channel %d: it is used no more.", cargo.room.place)
        route = _hook_route("DELETE", "/messages/{message_id}", hook, message_id=int(answer["id"]))
        try:
            await self._rest.ask(route)
        except Failure as failure:
            log.warning("What it has said in channel %d still stands there: %s", place, failure)
        raise Failure(Kind.WEBHOOK_GONE, "the webhook was moved to another channel")

    async def _mend(self, cargo: Cargo, part: Part, text: str) -> str:
        assert part.discord_id is not None  # noqa: S101 - the caller saw to it
        route = self._route_to("PATCH", cargo, part)
        if route is None:
            return UNMENDABLE
        await step(parts.hold, cargo, self._clock())
        body = {"content": text, "allowed_mentions": cargo.mentions}
        try:
            await self._rest.ask(route, body, query=_thread(cargo) if part.webhook else None)
        except Failure as failure:
            hook = cargo.room.hook if part.webhook else None
            if hook is not None and await self._is_lost(cargo.room, hook, failure):
                await step(outbox.forget_webhook, cargo.room.hook_place, hook.id)
                return UNMENDABLE
            if failure.kind is not Kind.MESSAGE_GONE:
                raise
            return "It was deleted on Discord."
        await step(parts.note_part, cargo, part.number, part.discord_id, text)
        return ""

    async def _take_away(self, cargo: Cargo, part: Part) -> str:
        # _look_for has written it down, where it was unsure: what stands in the row counts.
        discord_id = part.discord_id or await step(parts.id_of_part, cargo, part.number)
        if discord_id is not None:
            await step(parts.hold, cargo, self._clock())
            part = replace(part, discord_id=discord_id)
            route = self._route_to("DELETE", cargo, part) or _bot_route("DELETE", cargo, part)
            is_hooked = route.webhook_id is not None
            try:
                await self._rest.ask(route, query=_thread(cargo) if is_hooked else None)
            except Failure as failure:
                hook = cargo.room.hook if is_hooked else None
                if hook is not None and await self._is_lost(cargo.room, hook, failure):
                    await step(outbox.forget_webhook, cargo.room.hook_place, hook.id)
                    raise Failure(Kind.WEBHOOK_GONE, str(failure)) from None
                if failure.kind is Kind.FORBIDDEN:
                    return f"It could not be deleted: {failure.remedy}"
                if failure.kind is not Kind.MESSAGE_GONE:
                    raise
        await step(parts.drop_part, cargo, part.number)
        return ""

    def _route_to(self, method: str, cargo: Cargo, part: Part) -> Route | None:
        """How a part is reached: only who sent it may change it. None if that one is no more."""
        if part.webhook is None:
            return _bot_route(method, cargo, part)
        hook = cargo.room.hook
        if hook is None or hook.id != part.webhook:
            return None
        return _hook_route(method, "/messages/{message_id}", hook, message_id=part.discord_id)

    # --- reactions --------------------------------------------------------------------------------

    async def _react(self, cargo: Cargo) -> str | None:
        emoji = cargo.emoji
        assert emoji is not None  # noqa: S101 - carry() saw to it
        if emoji.target is None:
            return "The message isn't on Discord."
        route = Route(
            "PUT" if emoji.stands else "DELETE",
            "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me",
            channel_id=cargo.room.place,
            message_id=emoji.target,
            emoji=emoji.emoji,
        )
        if emoji.stands:
            await self._rest.await_limits(route)
            await step(parts.hold_to_say, cargo, self._clock())
        try:
            await self._rest.ask(route)
        except Failure as failure:
            if failure.kind is Kind.MESSAGE_GONE:
                return "The message is gone from Discord."
            if emoji.stands or failure.code != UNKNOWN_EMOJI:  # nothing was there to take away
                raise
        return ""


def _post_route(cargo: Cargo, hook: Hook | None) -> Route:
    if hook is None:
        return Route("POST", "/channels/{channel_id}/messages", channel_id=cargo.room.place)
    return _hook_route("POST", "", hook)


def _hook_route(method: str, path: str, hook: Hook, **more: Any) -> Route:
    return Route(
        method,
        "/webhooks/{webhook_id}/{webhook_token}" + path,
        webhook_id=hook.id,
        webhook_token=hook.token,
        **more,
    )


def _bot_route(method: str, cargo: Cargo, part: Part) -> Route:
    return Route(
        method,
        "/channels/{channel_id}/messages/{message_id}",
        channel_id=cargo.room.place,
        message_id=part.discord_id,
    )


def _thread(cargo: Cargo) -> dict[str, str]:
    return {"thread_id": str(cargo.room.thread)} if cargo.room.thread else {}
