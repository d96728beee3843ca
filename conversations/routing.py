"""Where websockets go, and whose pages may open them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.urls import path

from conversations.consumers import TankConsumer


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
        return await WebsocketDenier()(scope, receive, send)


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
