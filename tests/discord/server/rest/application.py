"""The web application: every address, and what happens to each request on its way."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.discord.server.rest import (
    channels,
    commands,
    guilds,
    messages,
    reactions,
    responses,
    threads,
    users,
    webhooks,
)
from tests.discord.server.rest.call import Call, Handler
from tests.discord.server.rest.errors import DiscordError, PlainError
from tests.discord.server.rest.record import Request

if TYPE_CHECKING:
    from tests.discord.server.faults import Rule
    from tests.discord.server.standin import DiscordServer

ROUTES: dict[str, Handler] = {
    **users.ROUTES,
    **guilds.ROUTES,
    **channels.ROUTES,
    **threads.ROUTES,
    **messages.ROUTES,
    **reactions.ROUTES,
    **webhooks.ROUTES,
    **commands.ROUTES,
    **responses.ROUTES,
}
# Where a token in the address, or nothing, is enough.
WITHOUT_TOKEN = ("/webhooks/{webhook_id}/{webhook_token}", "/interactions/", "/gateway")
MOST_BYTES = 25 << 20


def make(server: DiscordServer) -> web.Application:
    @web.middleware
    async def remember_line(request: web.Request, handler: Any) -> web.StreamResponse:
        server.lines.add(request.transport)
        response: web.StreamResponse = await handler(request)
        return response

    async def say_what_time_it_is(request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = formatdate(server.ids.time(), usegmt=True)

    app = web.Application(client_max_size=MOST_BYTES, middlewares=[remember_line])
    app.on_response_prepare.append(say_what_time_it_is)
    app.router.add_get("/gateway", server.gateway.serve)
    app.router.add_get("/gateway/", server.gateway.serve)
    app.router.add_get("/attachments/{channel_id}/{id}/{name}", _Files(server).serve)
    for route, handler in ROUTES.items():
        method, _, path = route.partition(" ")
        door = _Door(server, route, handler)
        for prefix in ("/api/v10", "/api"):
            app.router.add_route(method, prefix + path, door.serve)
    astray = _Door(server, "", _astray)
    app.router.add_route("*", "/api/{rest:.*}", astray.serve)
    return app


def _astray(call: Call) -> None:
    raise PlainError(404, "Not Found")


class _Files:
    """What people attached."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server

    async def serve(self, request: web.Request) -> web.Response:
        found = self.server.world.attachments.get(request.path)
        if found is None:
            raise web.HTTPNotFound
        return web.Response(body=found.data, content_type=found.content_type)


class _Door:
    """One route: faults, token, rate limit, form, deed, answer."""

    def __init__(self, server: DiscordServer, route: str, handler: Handler) -> None:
        self.server = server
        self.route = route
        self.path = route.partition(" ")[2]
        self.handler = handler

    async def serve(self, request: web.Request) -> web.StreamResponse:
        is_form = request.content_type == "multipart/form-data"
        raw = b"" if is_form else await request.read()
        path = "/" + request.path.removeprefix("/api").removeprefix("/v10").lstrip("/")
        what = f"{request.method} {hidden(path)}"
        rules = self.server.faults.befalling(request.method, path)
        asked = f"{request.method} {request.path_qs} {request.content_length}".encode()
        fingerprint = hashlib.sha256(asked + raw).hexdigest()
        self.server.limits.check_patience(fingerprint, what)
        for rule in rules:
            if rule.delay_s:
                await asyncio.sleep(rule.delay_s)
        if any(rule.is_cut_before for rule in rules):
            return self._cut(request)
        refusal = next((rule for rule in rules if rule.status), None)
        answer = self._refused(refusal) if refusal else await self._answer(request, what)
        status, headers, body = answer
        if status == 429:
            wait = body["retry_after"] if isinstance(body, dict) else 1.0
            self.server.limits.note_refusal(fingerprint, what, wait)
        self._record(request, what, raw, status, headers)
        if any(rule.is_lost for rule in rules):
            return self._cut(request)
        return self._response(status, headers, body)

    @staticmethod
    def _cut(request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    @staticmethod
    def _refused(rule: Rule) -> tuple[int, dict[str, str], Any]:
        return rule.status, rule.headers, rule.body

    async def _answer(self, request: web.Request, what: str) -> tuple[int, dict[str, str], Any]:
        """The limit, the token, the deed."""
        headers: dict[str, str] = {}
        try:
            is_known = self._check_token(request)
            who = request.headers.get("Authorization") or request.remote or ""
            is_exempt = self.path.startswith("/interactions/") or self._is_of_interaction(request)
            info = dict(request.match_info)
            verdict = self.server.limits.judge(self.route, info, who, is_exempt=is_exempt)
            headers = verdict.headers
            if verdict.body is not None:
                return 429, headers, verdict.body
            if not is_known:
                raise PlainError(401, "Unauthorized")
            call = await self._read(request)
            found = self.handler(call)
            return (204 if found is None else 200), headers, found
        except DiscordError as error:
            if error.is_violation:
                self.server.violate(f"{what}: {json.dumps(error.body)}")
            return error.status, headers, error.body

    def _check_token(self, request: web.Request) -> bool:
        if (
            any(self.path.startswith(start) for start in WITHOUT_TOKEN)
            and self.path != "/gateway/bot"
        ):
            return True
        token = self.server.token
        return token is not None and request.headers.get("Authorization") == f"Bot {token}"

    def _is_of_interaction(self, request: web.Request) -> bool:
        return request.match_info.get("webhook_id") == str(self.server.application_id)

    async def _read(self, request: web.Request) -> Call:
        query = dict(request.query)
        call = Call(self.server, dict(request.match_info), query)
        if request.content_type == "multipart/form-data":
            await _read_parts(request, call)
        elif raw := await request.read():
            if request.content_type != "application/json":
                message = f"Expected application/json, not {request.content_type}."
                error = {"code": "CONTENT_TYPE_INVALID", "message": message}
                raise DiscordError(50035, {"_errors": [error]})
            try:
                call.body = json.loads(raw)
            except ValueError:
                raise DiscordError(50109) from None
        return call

    def _record(
        self, request: web.Request, what: str, raw: bytes, status: int, headers: dict[str, str]
    ) -> None:
        body: Any = None
        if raw and request.content_type == "application/json":
            try:
                body = json.loads(raw)
            except ValueError:
                body = raw
        if status in (401, 403) or (status == 429 and headers.get("X-RateLimit-Scope") != "shared"):
            self.server.invalid_requests += 1
        method, _, path = what.partition(" ")
        self.server.requests.append(Request(method, path, body, status, time.monotonic()))
        self.server.changed()

    def _response(self, status: int, headers: dict[str, str], body: Any) -> web.Response:
        headers = dict(headers)
        if isinstance(body, str):
            return web.Response(status=status, headers=headers, text=body, content_type="text/html")
        if status == 204:
            return web.Response(status=204, headers=headers)
        headers["Content-Type"] = self.server.faults.content_type
        return web.Response(status=status, headers=headers, body=json.dumps(body).encode())


async def _read_parts(request: web.Request, call: Call) -> None:
    """A body with files: the form itself is the part `payload_json`."""
    parts = await request.post()
    for name, part in parts.items():
        if name == "payload_json":
            text = part if isinstance(part, str) else part.file.read().decode()  # type: ignore[union-attr]
            call.body = json.loads(text)
        elif isinstance(part, web.FileField):
            call.files.append((part.filename, part.file.read()))


def hidden(path: str) -> str:
    """An address without the tokens that are in it."""
    parts = path.split("/")
    if parts[1] in ("webhooks", "interactions") and len(parts) > 3:
        parts[3] = "…"
    return "/".join(parts)
