"""The gateway: hello, identify, heartbeats, events by intent and shard, resume."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.discord.server import permissions, shapes
from tests.discord.server.delivery import Delivery
from tests.discord.server.intents import FLAGS, KNOWN, PRIVILEGED, Intent
from tests.discord.server.sessions import Connection, Session, zstd
from tests.discord.server.snowflakes import shard_of

if TYPE_CHECKING:
    from tests.discord.server.places import Channel, Guild
    from tests.discord.server.standin import DiscordServer

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, RECONNECT = 0, 1, 2, 3, 4, 6, 7
REQUEST_MEMBERS, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 8, 9, 10, 11

MOST_BYTES = 4096
MOST_A_MINUTE = 120
RESUME_WITHIN_S = 180.0
CHUNK = 1000


class Refused(Exception):
    """The client did what ends a connection."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Gateway:
    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.delivery = Delivery(server)
        self.identified = 0

    # What is told

    def publish(
        self,
        name: str,
        data: dict[str, Any],
        *,
        guild: Guild | None = None,
        channel: Channel | None = None,
        intent: int = 0,
        redacted: dict[str, Any] | None = None,
    ) -> None:
        """Tell every session that asked for such events and may see where it happened."""
        guild = channel.guild if channel else guild
        if not self._is_visible(guild, channel):
            return
        if guild is not None and not guild.is_available and name != "GUILD_DELETE":
            return  # a server that is away tells nothing, and not later either
        for session in self.sessions.values():
            if intent and not session.intents & intent:
                continue
            if shard_of(guild.id, session.shards) != session.shard if guild else session.shard:
                continue
            readable = redacted is None or session.intents & Intent.MESSAGE_CONTENT
            self.delivery.send(session, name, data if readable else redacted)

    def _is_visible(self, guild: Guild | None, channel: Channel | None) -> bool:
        bot = self.server.bot
        if guild is not None and bot.id not in guild.members:
            return False
        if channel is None:
            return True
        return bool(permissions.in_channel(bot, channel) & permissions.Permission.VIEW_CHANNEL)

    def introduce(self, guild: Guild, *, is_new: bool) -> None:
        for session in self.sessions.values():
            if session.intents & Intent.GUILDS and guild.shard(session.shards) == session.shard:
                self._introduce_to(session, guild, is_new=is_new)

    def _introduce_to(self, session: Session, guild: Guild, *, is_new: bool = False) -> None:
        """One that was announced as unavailable says that it no longer is; a new one doesn't."""
        everybody = bool(session.intents & Intent.GUILD_PRESENCES)
        data = shapes.guild_create(guild, all_members=everybody)
        session.deliver("GUILD_CREATE", data if is_new else data | {"unavailable": False})

    def of_shard(self, shard: int | None) -> Iterable[Connection]:
        return [
            c
            for c in self.connections
            if shard is None or (c.session is not None and c.session.shard == shard)
        ]

    # One connection

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False, timeout=2.0, max_msg_size=1 << 20)
        await socket.prepare(request)
        connection = Connection(socket, request, request.query.get("compress", ""))
        self.connections.add(connection)
        writer = asyncio.create_task(connection.write())
        watch = asyncio.create_task(self._watch(connection))
        try:
            self._greet(connection, request)
            async for frame in socket:
                self._take(connection, frame)
        finally:
            watch.cancel()
            self._let_go(connection, socket.close_code)
            connection.close(None)
            await writer
            self.server.changed()
        return socket

    def _greet(self, connection: Connection, request: web.Request) -> None:
        faults = self.server.faults
        if request.query.get("v") not in ("9", "10") or request.query.get("encoding") != "json":
            connection.close(4012, "Invalid API version")
            self.server.violate(f"gateway: connected with {dict(request.query)}")
            return
        if request.query.get("compress") == "zstd-stream" and zstd is None:
            raise RuntimeError("this Python has no zstd")
        connection.delay_s = faults.gateway_delay_s
        interval = int(self.server.heartbeat_interval_s * 1000)
        connection.send(HELLO, {"heartbeat_interval": interval, "_trace": ["stand-in"]})

    async def _watch(self, connection: Connection) -> None:
        """A client that stops its heartbeats is taken for dead."""
        while True:
            await asyncio.sleep(self.server.heartbeat_interval_s)
            silent_s = time.monotonic() - connection.last_heartbeat
            if silent_s > 2.5 * self.server.heartbeat_interval_s:
                connection.close(4009, "Session timed out.")
                return

    def _let_go(self, connection: Connection, code: int | None) -> None:
        self.connections.discard(connection)
        session = connection.session
        if session is None or session.connection is not connection:
            return
        session.connection = None
        session.left_at = time.monotonic()
        if code in (1000, 1001) and not connection.is_closing:  # the client said goodbye
            self.sessions.pop(session.id, None)

    def _take(self, connection: Connection, frame: Any) -> None:
        if connection.is_closing or frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
            return
        try:
            raw = frame.data if isinstance(frame.data, str) else frame.data.decode()
            self._count(connection, raw)
            try:
                payload = json.loads(raw)
                op = payload["op"]
            except (ValueError, TypeError, KeyError):
                raise Refused(4002, "Error while decoding payload.") from None
            self._obey(connection, op, payload.get("d"))
        except Refused as refused:
            if refused.code not in (4004, 4007, 4014):
                self.server.violate(f"gateway: {refused.code} {refused.reason}")
            connection.close(refused.code, refused.reason)
        self.server.changed()

    def _count(self, connection: Connection, raw: str) -> None:
        now = time.monotonic()
        connection.received.append(now)
        while connection.received[0] < now - 60:
            connection.received.popleft()
        if len(connection.received) > MOST_A_MINUTE:
            raise Refused(4008, "You are being rate limited.")
        if len(raw.encode()) > MOST_BYTES:
            raise Refused(4002, "Payload too long.")

    def _obey(self, connection: Connection, op: int, data: Any) -> None:
        if op == HEARTBEAT:
            connection.last_heartbeat = time.monotonic()
            if not self.server.faults.heartbeats_unanswered:
                connection.send(HEARTBEAT_ACK)
        elif op == IDENTIFY:
            self._identify(connection, data)
        elif op == RESUME:
            self._resume(connection, data)
        elif connection.session is None:
            raise Refused(4003, "Not authenticated.")
        elif op == PRESENCE:
            self._note_presence(connection.session, data)
        elif op == REQUEST_MEMBERS:
            self._send_members(connection.session, data)
        elif op != VOICE:
            raise Refused(4001, f"Unknown opcode {op}.")

    def _identify(self, connection: Connection, data: Any) -> None:
        if connection.session is not None:
            raise Refused(4005, "Already authenticated.")
        if not isinstance(data, dict) or not isinstance(data.get("properties"), dict):
            raise Refused(4002, "Error while decoding payload.")
        if data.get("token") != self.server.token:
            raise Refused(4004, "Authentication failed.")
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN:
            raise Refused(4013, "Invalid intent(s).")
        if intents & PRIVILEGED & ~self.server.granted_intents:
            raise Refused(4014, "Disallowed intent(s).")
        shard, shards = data.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            raise Refused(4010, "Invalid shard.")
        if shards < self.server.least_shards:
            raise Refused(4011, "Sharding required.")
        if self.server.faults.take_invalid_session():
            connection.send(INVALID_SESSION, False)
            return
        session = Session(secrets.token_hex(16), data["token"], intents, shard, shards, data)
        self.sessions[session.id] = session
        self._attach(session, connection)
        self.identified += 1
        if data.get("presence"):
            self._note_presence(session, data["presence"])
        self._ready(session)

    def _attach(self, session: Session, connection: Connection) -> None:
        if session.connection is not None:
            session.connection.close(None)
        session.connection = connection
        connection.session = session

    def _ready(self, session: Session) -> None:
        guilds = [
            guild
            for guild in self.server.world.guilds.values()
            if guild.has_bot and guild.shard(session.shards) == session.shard
        ]
        application = {"id": str(self.server.application_id), "flags": self.flags()}
        session.deliver(
            "READY",
            {
                "v": 10,
                "user": shapes.user(self.server.bot) | {"verified": True, "mfa_enabled": True},
                "guilds": [{"id": str(one.id), "unavailable": True} for one in guilds],
                "session_id": session.id,
                "resume_gateway_url": self.server.gateway_url,
                "shard": [session.shard, session.shards],
                "application": application,
            },
        )
        if session.intents & Intent.GUILDS:
            for guild in guilds:
                if guild.is_available:
                    self._introduce_to(session, guild)

    def flags(self) -> int:
        return sum(flag for intent, flag in FLAGS.items() if self.server.granted_intents & intent)

    def _resume(self, connection: Connection, data: Any) -> None:
        if connection.session is not None:
            raise Refused(4005, "Already authenticated.")
        if not isinstance(data, dict):
            raise Refused(4002, "Error while decoding payload.")
        if data.get("token") != self.server.token:
            raise Refused(4004, "Authentication failed.")
        session = self.sessions.get(str(data.get("session_id")))
        sequence = data.get("seq")
        if session is None or self._is_too_late(session) or not isinstance(sequence, int):
            connection.send(INVALID_SESSION, False)
            return
        if sequence > session.sequence:
            raise Refused(4007, "Invalid seq.")
        if not session.can_resume_from(sequence):
            del self.sessions[session.id]
            connection.send(INVALID_SESSION, False)
            return
        missed = session.missed_since(sequence)
        self._attach(session, connection)
        session.resumes += 1
        for text in missed:
            connection.send_text(text)
        session.deliver("RESUMED", {"_trace": ["stand-in"]})

    def _is_too_late(self, session: Session) -> bool:
        if session.connection is not None:
            return False
        return time.monotonic() - session.left_at > RESUME_WITHIN_S

    def _note_presence(self, session: Session, data: Any) -> None:
        known = {"since", "activities", "status", "afk", "game"}
        if not isinstance(data, dict) or set(data) - known:
            raise Refused(4002, "Error while decoding payload.")
        status = data.get("status") or "online"
        if status not in ("online", "dnd", "idle", "invisible", "offline"):
            raise Refused(4002, "Error while decoding payload.")
        for activity in data.get("activities") or []:
            if len(activity.get("name", "")) > 128 or len(activity.get("state") or "") > 128:
                raise Refused(4002, "Error while decoding payload.")
        self.server.presences.append(data | {"shard": session.shard})

    def _send_members(self, session: Session, data: Any) -> None:
        guild = self.server.world.guilds.get(int(data["guild_id"]))
        if guild is None or not guild.has_bot:
            return
        members = list(guild.members.values())
        if data.get("user_ids"):
            asked = [int(one) for one in data["user_ids"]]
            if len(asked) > 100:
                raise Refused(4002, "Error while decoding payload.")
            members = [guild.members[one] for one in asked if one in guild.members]
        elif not data.get("query") and not session.intents & Intent.GUILD_MEMBERS:
            raise Refused(4014, "Disallowed intent(s).")
        else:
            query, limit = (data.get("query") or "").lower(), data.get("limit") or 0
            members = [one for one in members if one.person.username.lower().startswith(query)]
            members = members[:limit] if limit else members
        parts = [members[at : at + CHUNK] for at in range(0, len(members), CHUNK)] or [[]]
        for index, part in enumerate(parts):
            chunk: dict[str, Any] = {
                "guild_id": str(guild.id),
                "members": [shapes.member(one) for one in part],
                "chunk_index": index,
                "chunk_count": len(parts),
                "not_found": [],
            }
            if data.get("presences"):
                chunk["presences"] = []
            if data.get("nonce"):
                chunk["nonce"] = data["nonce"]
            session.deliver("GUILD_MEMBERS_CHUNK", chunk)
