"""The tank's websocket: translates frames into steps and live events into frames.

Nothing is kept here that rows don't hold: a connection may break at any moment, and the next one
goes on from the last message that the browser has seen.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, ClassVar, ParamSpec, TypeVar

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError, InterfaceError
from redis.exceptions import RedisError

from audit.models import SecurityEventType
from audit.security.security import record_event
from conversations.tank import frames, guests, live, tank, tank_rules, visits
from conversations.tank.frames import Enter, Frame, Join, Ping, React, Say, Typing, Visible, Watch
from conversations.tank.guests import Visitor
from conversations.tank.limits import Bucket, Buckets, Seats, address_of
from conversations.tank.tank_rules import TankRules
from conversations.text import Refused

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

FRAMES, FRAMES_PER_S = 20, 10.0
STRIKES = 40
BROWSERS, ADDRESSES = Seats(), Seats()
FRAMES_OF_ADDRESS, NEWCOMERS = Buckets(FRAMES_PER_S), Buckets(3600.0)
FLOODED, TOO_MANY, CROWDED, TRY_LATER = 4008, 4009, 4010, 1013
WATCH_ON_EVERY_S = 20.0
WATCHED_RECENTLY_S = 12.0
SILENT_AFTER_S = 75.0
TYPING_EVERY_S = 2.5
STAFF_FOR_S = 2.0
REMEMBERED = 500
WRITTEN = 64

AWAY = "The tank can't be reached just now. What you wrote is kept, and sent again by itself."
CROWD = "Too many look at the tank from your network just now. There is room again in a while."
ENOUGH_CAME = "Many came in from your network lately. Try again in a while; till then read along."
BROKEN = "Something went wrong here, and is in the log. Load the page again."

_written: OrderedDict[str, str] = OrderedDict()
_noted: dict[int, float] = {}


async def step(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Cross to the database once, in a thread that waits for nobody else's crossing."""
    crossing = database_sync_to_async(function, thread_sensitive=False)
    result: T = await crossing(*args, **kwargs)
    return result


def written(event: dict[str, Any]) -> str:
    """A live event as JSON, written once a process however many watch."""
    key = str(event.get("key", ""))
    found = _written.get(key)
    if found is None:
        facts = {name: value for name, value in event.items() if name not in ("type", "key")}
        found = to_json({"type": "event", **facts})
        _written[key] = found
        if len(_written) > WRITTEN:
            _written.popitem(last=False)
    return found


def to_json(frame: dict[str, Any]) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


class TankConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One browser's connection. `rules` are those that any connection last read: who may sit down
    is told at once, in the order in which they come."""

    rules: ClassVar = TankRules()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.seat = self.address_seat = ""
        self.address = ""
        self.visitor = Visitor(key="", may_talk=False)
        self.bucket = Bucket(FRAMES, FRAMES_PER_S)
        self.strikes = 0
        self.visible = True
        self.heard_at = self.typed_at = self.known_at = 0.0
        self.watched: dict[int, OrderedDict[int, None]] = {}
        self.watching_on: asyncio.Task[None] | None = None
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._leave()

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Hand a message to its method. Channels would close this thread's database connections
        before each one; here there are none, and a live event costs every watcher a thread hop."""
        await getattr(self, message["type"].replace(".", "_"))(message)

    async def connect(self) -> None:
        """Find out who it is, and greet."""
        await self.accept()
        key = guests.key_in(self.scope["cookies"])
        host = str((self.scope.get("client") or [""])[0])
        self.address = address_of(host)
        try:
            if not await self._sit_down(key or host or "nobody"):
                return
            await self._read_rules()
            self.visitor = await step(guests.visitor, self.scope["cookies"], self.scope["user"])
        except (DatabaseError, InterfaceError):
            log.warning("A visitor can't be known: the database doesn't answer.")
            await self.close(TRY_LATER)
            return
        self.known_at = time.monotonic()
        await self._hello()

    async def _sit_down(self, guest: str) -> bool:
        """Take a seat as a browser, and one as an address: a browser that keeps no cookies, or
        makes up a new one each time, has only that. Returns whether both were free."""
        if not self._take_seats(guest):
            await self._read_rules()  # a keeper may have made room
            self._take_seats(guest)
        if not self.seat:
            await self._refuse("connections", "The tank is open in too many windows: close some.")
            await self.close(TOO_MANY)
        elif self.address and not self.address_seat:
            await self._refuse("connections", CROWD)
            await self.close(CROWDED)
        else:
            return True
        return False

    def _take_seats(self, guest: str) -> bool:
        if not self.seat and BROWSERS.take(guest, self.rules.browser_connections):
            self.seat = guest
        is_wanting = self.seat and self.address and not self.address_seat
        if is_wanting and ADDRESSES.take(self.address, self.rules.address_connections):
            self.address_seat = self.address
        return bool(self.seat) and self.address_seat == self.address

    async def _read_rules(self) -> None:
        type(self).rules = await step(tank_rules.in_force)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take a frame from the browser, and answer it whatever it holds."""
        now = time.monotonic()
        self.heard_at = now
        of_all = self.rules.address_frames
        if not (self.bucket.take(now) and FRAMES_OF_ADDRESS.take(self.address, of_all, now)):
            await self._slow_down(text_data)
            return
        self.strikes = 0
        nonce = ""
        try:
            data = frames.decode(text_data)
            nonce = frames.nonce_of(data)
            if self.visitor.is_staff:
                await self._look_again()
            await self._answer(frames.parse(data))
        except Refused as refused:
            await self._refuse(refused.field, refused.remedy, nonce)
        except (DatabaseError, InterfaceError, RedisError, OSError) as error:
            log.warning("A frame was not carried out: %s", error)
            await self._refuse("away", AWAY, nonce)
        except Exception:
            log.exception("A frame broke the tank.")
            await self._refuse("broken", BROKEN, nonce)

    async def live_event(self, event: dict[str, Any]) -> None:
        """Pass a live event on, unless it tells of a message that was sent already."""
        if self.visitor.is_staff and time.monotonic() - self.known_at > STAFF_FOR_S:
            try:
                await self._look_again()
            except (DatabaseError, InterfaceError) as error:
                log.warning("Whether staff are staff still can't be known: %s", error)
                return
        sent = self.watched.get(event["channel"])
        if sent is None:
            return
        if event["event"] == "room.restricted":
            await self._watch(Watch(((event["channel"], next(reversed(sent), 0)),)))
            return
        if event["event"] == "message.sent" and not _is_new(sent, event["message"]["id"]):
            return
        if event["event"] == "person.left" and event["person"] == self.visitor.person_id:
            self.visitor = replace(self.visitor, person_id=None, name="")
            await self._hello()
        if event["event"] == "person.typing" and event["person"] == self.visitor.person_id:
            return
        await self.send(text_data=written(event))

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        """Leave the groups; `__call__` does the rest."""
        for channel_id in list(self.watched):
            with suppress(RedisError, OSError):
                await self.channel_layer.group_discard(live.group_of(channel_id), self.channel_name)
        await super().websocket_disconnect(message)

    # --- frames ---------------------------------------------------------------------------------

    async def _answer(self, frame: Frame) -> None:
        match frame:
            case Watch():
                await self._watch(frame)
            case Join():
                await self._require_room_for_newcomers()
                person = await step(visits.join, self.visitor, frame.name)
                self.visitor = replace(self.visitor, person_id=person.pk, name=person.name)
                await self._hello()
            case Enter():
                await step(visits.enter, self.visitor, frame.channel)
            case Say():
                message = await step(
                    visits.say,
                    self.visitor,
                    frame.channel,
                    frame.text,
                    frame.nonce,
                    frame.reply_to,
                )
                await self._send({"type": "ack", "nonce": frame.nonce, "message": message.pk})
            case React():
                await step(visits.react, self.visitor, frame.message, frame.emoji)
            case Typing():
                await self._tell_typing(frame)
            case Visible():
                self.visible = frame.visible
                if frame.visible:
                    await self._note_watched()
            case Ping():
                await self._send({"type": "pong"})

    async def _require_room_for_newcomers(self) -> None:
        if self.visitor.has_joined or not self.visitor.may_talk:
            return
        await self._read_rules()
        if not NEWCOMERS.take(self.address, self.rules.address_newcomers, time.monotonic()):
            raise Refused("name", ENOUGH_CAME)

    async def _look_again(self) -> None:
        """Who came as staff may have signed out since, or have lost that status: a connection that
        stays open gives them nothing more of what staff see."""
        cookies = self.scope["cookies"]
        self.visitor = await step(lambda: guests.visitor(cookies, guests.signed_in(cookies)))
        self.known_at = time.monotonic()
        if not self.visitor.is_staff:
            await self._hello()
            seen = [(pk, next(reversed(sent), 0)) for pk, sent in self.watched.items()]
            await self._watch(Watch(tuple(seen)))

    async def _watch(self, frame: Watch) -> None:
        """Subscribe first, then read: what is said meanwhile comes twice, and goes out once."""
        for channel_id, _ in frame.rooms:
            if channel_id not in self.watched:
                await self.channel_layer.group_add(live.group_of(channel_id), self.channel_name)
        rooms = await step(tank.catch_up, frame.rooms, for_adults=self.visitor.is_staff)
        allowed = {room["channel"] for room in rooms}
        for channel_id, _ in frame.rooms:
            if channel_id in allowed:
                self.watched.setdefault(channel_id, OrderedDict())
            else:
                self.watched.pop(channel_id, None)
                await self.channel_layer.group_discard(live.group_of(channel_id), self.channel_name)
        for room in rooms:
            for message in room["messages"]:
                _is_new(self.watched[room["channel"]], message["id"])
            await self._send({"type": "messages", **room})
        if gone := [pk for pk, _ in frame.rooms if pk not in allowed]:
            await self._refuse("channel", "There is no such room.", channels=gone)
        if self.watching_on is None and self.watched:
            self.watching_on = asyncio.create_task(self._watch_on())

    async def _watch_on(self) -> None:
        """Keep the rooms lively while somebody can see them."""
        while True:
            if self.visible and time.monotonic() - self.heard_at < SILENT_AFTER_S:
                await self._note_watched()
            await asyncio.sleep(WATCH_ON_EVERY_S)

    async def _note_watched(self) -> None:
        now = time.monotonic()
        due = [pk for pk in self.watched if now - _noted.get(pk, -1e9) > WATCHED_RECENTLY_S]
        if not due:
            return
        _noted.update(dict.fromkeys(due, now))
        try:
            await step(visits.watch_on, due)
        except (DatabaseError, InterfaceError) as error:
            log.warning("It was not noted that somebody watches: %s", error)
            for pk in due:
                _noted.pop(pk, None)

    async def _tell_typing(self, frame: Typing) -> None:
        """Tell the others; nothing is stored, and it may get lost."""
        now = time.monotonic()
        may = self.visitor.may_talk and self.visitor.has_joined and frame.channel in self.watched
        if not may or now - self.typed_at < TYPING_EVERY_S:
            return
        self.typed_at = now
        await self.channel_layer.group_send(
            live.group_of(frame.channel),
            {
                "type": "live.event",
                "key": secrets.token_hex(8),
                "event": "person.typing",
                "channel": frame.channel,
                "person": self.visitor.person_id,
                "name": self.visitor.name,
            },
        )

    # --- answers --------------------------------------------------------------------------------

    async def _hello(self) -> None:
        visitor = self.visitor
        you = {"id": visitor.person_id, "name": visitor.name} if visitor.has_joined else None
        await self._send(
            {
                "type": "hello",
                "you": you,
                "may_talk": visitor.may_talk,
                "why_not": visitor.why_not,
            }
        )

    async def _slow_down(self, text: str | None) -> None:
        """Refuse a frame unread; close on whoever goes on sending."""
        self.strikes += 1
        if self.strikes > STRIKES:
            if self.strikes == STRIKES + 1:  # what was on its way meanwhile is the same flood
                await self.close(FLOODED)
                await self._note_flood()
            return
        nonce = ""
        with suppress(Refused):
            nonce = frames.nonce_of(frames.decode(text))
        if nonce or self.strikes == 1:
            await self._refuse("flood", "That is too fast. Wait a few seconds.", nonce)

    async def _note_flood(self) -> None:
        source = str((self.scope.get("client") or [""])[0])
        facts = {"person": self.visitor.person_id}
        try:
            await step(record_event, SecurityEventType.FLOODED, source=source, data=facts)
        except (DatabaseError, InterfaceError) as error:
            log.warning("That a visitor sent too much can't be recorded: %s", error)

    async def _refuse(self, field: str, text: str, nonce: str = "", **more: Any) -> None:
        await self._send({"type": "error", "field": field, "text": text, "nonce": nonce, **more})

    async def _send(self, frame: dict[str, Any]) -> None:
        await self.send(text_data=to_json(frame))

    async def _leave(self) -> None:
        if self.watching_on is not None:
            self.watching_on.cancel()
            with suppress(asyncio.CancelledError):
                await self.watching_on
        if self.seat:
            BROWSERS.leave(self.seat)
        if self.address_seat:
            ADDRESSES.leave(self.address_seat)
        self.seat = self.address_seat = ""


def _is_new(sent: OrderedDict[int, None], message_id: int) -> bool:
    """Whether the browser hasn't been sent this message; it counts as sent from now on."""
    if message_id in sent:
        return False
    sent[message_id] = None
    if len(sent) > REMEMBERED:
        sent.popitem(last=False)
    return True
