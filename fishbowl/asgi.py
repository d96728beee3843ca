"""The web process's application: `uvicorn fishbowl.asgi:application`."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

from fishbowl import boot

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fishbowl.settings")
boot.use_servers()

http_application = get_asgi_application()  # loads the apps, which what follows needs

from conversations.tank.routing import websocket_application  # noqa: E402
from fishbowl.bodies import AtMost  # noqa: E402

application = ProtocolTypeRouter(
    {"http": AtMost(http_application), "websocket": websocket_application}
)
