"""Where websockets go, and whose pages may open them."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http.request import split_domain_port, validate_host
from django.urls import path

from audit.models import SecurityEventType
from audit.security.security import record_event
from conversations.tank.consumers import TankConsumer

log = logging.getLogger(__name__)


def is_own_origin(origin: str, host: str) -> bool:
    """Whether a page of `origin` may talk to the site that it calls `host`.

    Browsers send cookies along with any page's websocket, so a page of another site, or of another
    port of this machine, must not speak in the visitor's name.
    """
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


class OwnPagesOnly:
    """Denies websockets to pages that aren't this site's."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        headers = dict(scope.get("headers", []))
        origin = headers.get(b"origin", b"").decode("latin1")
        host = headers.get(b"host", b"").decode("latin1")
        if is_own_origin(origin, host):
            return await self.application(scope, receive, send)
        await _note_origin(scope, origin, host)
        return await WebsocketDenier()(scope, receive, send)


async def _note_origin(scope: Any, origin: str, host: str) -> None:
    """Record whose page it was; that the database is away changes nothing about the refusal."""
    client = str((scope.get("client") or [""])[0])
    try:
        await database_sync_to_async(record_event, thread_sensitive=False)(
            SecurityEventType.BAD_ORIGIN,
            source=client,
            data={"origin": origin[:200], "host": host[:200]},
        )
    except (DatabaseError, InterfaceError) as error:
        log.warning("A websocket of %s was refused, which can't be recorded: %s", origin, error)


class NoSuchPlace:
    """Denies websockets to addresses where there is none."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> Any:
        return await WebsocketDenier()(scope, receive, send)


websocket_application = OwnPagesOnly(
    AuthMiddlewareStack(
        URLRouter(
            [
                path("live/", TankConsumer.as_asgi()),
                path("<path:elsewhere>", NoSuchPlace()),
                path("", NoSuchPlace()),
            ]
        )
    )
)
