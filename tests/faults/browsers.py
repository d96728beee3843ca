"""People at browsers, as the tank's page behaves: what isn't acknowledged is sent again under the
same nonce, what was missed is asked for from the last message seen."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

AGAIN_AFTER_S = 3.0
RECONNECT_AFTER_S = 0.3
WATCH_EVERY_S = 10.0  # a page does so every 30: a watch may be refused while the database is away


@dataclass
class Letter:
    """Something a person wrote, until it is acknowledged and after."""

    channel: int
    text: str
    nonce: str
    written_at: float
    sent_at: float = 0.0
    times_sent: int = 0
    acknowledged_at: float | None = None
    message: int | None = None


@dataclass
class Room:
    """What a page holds of a room: everything up to `seen`, and the last number of each talk."""

    seen: int = 0
    ids: list[int] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)
    is_catching_up: bool = False


class Browser(threading.Thread):
    """One page, open until `leave`. It reconnects for as long as it takes."""

    def __init__(self, port: int, name: str, channels: list[int]) -> None:
        super().__init__(name=name, daemon=True)
        self.person = name
        self.site = f"127.0.0.1:{port}"
        self.cookie = f"guest={secrets.token_urlsafe(32)}"
        self.rooms = {channel: Room() for channel in channels}
        self.letters: list[Letter] = []
        self.refusals: Counter[str] = Counter()
        self.connections = 0
        self.doubled: list[int] = []
        self.is_in = threading.Event()
        self._leaving = threading.Event()
        self._lock = threading.Lock()

    # --- what a test does with it -----------------------------------------------------------------

    def write(self, channel: int, text: str) -> Letter:
        """Write something; it goes out as soon as it can."""
        letter = Letter(channel, text, secrets.token_hex(16), time.monotonic())
        with self._lock:
            self.letters.append(letter)
        return letter

    def waiting(self) -> list[Letter]:
        with self._lock:
            return [letter for letter in self.letters if letter.message is None]

    def heard(self) -> set[int]:
        return {pk for room in self.rooms.values() for pk in room.ids}

    def leave(self) -> None:
        self._leaving.set()
        self.join(10)

    # --- what a page does by itself ---------------------------------------------------------------

    def run(self) -> None:
        while not self._leaving.is_set():
            try:
                with connect(
                    f"ws://{self.site}/live/",
                    origin=f"http://{self.site}",
                    additional_headers={"Cookie": self.cookie},
                    open_timeout=5,
                    close_timeout=1,
                    max_size=None,
                    proxy=None,
                ) as socket:
                    self.connections += 1
                    self._stay(socket)
            except (OSError, WebSocketException, EOFError):
                pass
            self._leaving.wait(RECONNECT_AFTER_S)

    def _stay(self, socket: ClientConnection) -> None:
        for letter in self.waiting():
            letter.sent_at = 0.0
        for room in self.rooms.values():
            room.is_catching_up = False
        self._watch(socket, list(self.rooms))
        has_joined = False
        asked_at, watched_at = 0.0, time.monotonic()
        while not self._leaving.is_set():
            if time.monotonic() - watched_at > WATCH_EVERY_S:
                watched_at = time.monotonic()
                self._watch(socket, list(self.rooms))
            if not has_joined and time.monotonic() - asked_at > 1.0:
                asked_at = time.monotonic()
                self._send(socket, {"type": "join", "name": self.person})
            if has_joined:
                self._send_letters(socket)
            try:
                frame = json.loads(socket.recv(timeout=0.1))
            except TimeoutError:
                continue
            if frame["type"] == "hello" and frame["you"]:
                has_joined = True
                self.is_in.set()
            self._take(socket, frame)

    def _send(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        socket.send(json.dumps(frame))

    def _watch(self, socket: ClientConnection, channels: list[int]) -> None:
        for channel in channels:
            self.rooms[channel].is_catching_up = True
        rooms = [{"id": channel, "after": self.rooms[channel].seen} for channel in channels]
        self._send(socket, {"type": "watch", "channels": rooms})

    def _send_letters(self, socket: ClientConnection) -> None:
        now = time.monotonic()
        for letter in self.waiting():
            if now - letter.sent_at > AGAIN_AFTER_S:
                letter.sent_at = now
                letter.times_sent += 1
                self._send(
                    socket,
                    {
                        "type": "say",
                        "channel": letter.channel,
                        "text": letter.text,
                        "nonce": letter.nonce,
                    },
                )

    def _take(self, socket: ClientConnection, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "ack":
                self._acknowledge(frame["nonce"], frame["message"])
            case "messages":
                room = self.rooms[frame["channel"]]
                for message in frame["messages"]:
                    self._add(room, message)
                room.is_catching_up = False
                if frame["more"]:
                    self._watch(socket, [frame["channel"]])
            case "event" if frame["event"] == "message.sent":
                self._hear(socket, frame["channel"], frame["message"])
            case "error":
                self.refusals[frame["field"]] += 1
                for letter in self.waiting():
                    if letter.nonce == frame["nonce"]:  # again in a second
                        letter.sent_at = time.monotonic() - AGAIN_AFTER_S + 1.0

    def _acknowledge(self, nonce: str, message: int) -> None:
        with self._lock:
            for letter in self.letters:
                if letter.nonce == nonce:
                    if letter.message not in (None, message):
                        self.doubled.append(message)
                    letter.message = message
                    letter.acknowledged_at = letter.acknowledged_at or time.monotonic()

    def _hear(self, socket: ClientConnection, channel: int, message: dict[str, Any]) -> None:
        """A message that was just sent. A gap before it means that an event was lost; at the first
        of a talk there may be one that no number shows."""
        room = self.rooms[channel]
        follows = message["number"] == room.numbers.get(message["conversation"], -1) + 1
        if message["id"] <= room.seen and message["id"] in room.ids:
            return
        if follows:
            self._add(room, message)
        elif not room.is_catching_up:
            self._watch(socket, [channel])

    def _add(self, room: Room, message: dict[str, Any]) -> None:
        if message["id"] in room.ids:
            return
        room.ids.append(message["id"])
        room.seen = max(room.seen, message["id"])
        last = room.numbers.get(message["conversation"], 0)
        room.numbers[message["conversation"]] = max(last, message["number"])
