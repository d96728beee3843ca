"""Which pictures of a talk a model is shown: pure.

Nothing is fetched here: the model's server is told where a picture lies. So that nobody can send it
anywhere else, only addresses of Discord's own stores of attachments are passed on, or of the server
that this deployment takes for Discord. Discord's addresses end after a day, and say when: what has
ended is told in words alone.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from conversations.floor.lines import Said
from fishbowl.llm.types import MOST_IMAGES

STORES = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
LINES = 12  # back: who speaks looks at what is being talked of
LEFT_S = 60.0  # an address that ends sooner may have ended when it is asked for


def shown(lines: Sequence[Said], now: dt.datetime) -> tuple[str, ...]:
    """The addresses of the pictures posted last in a talk, oldest first."""
    found: list[str] = []
    for line in reversed(lines[-LINES:]):
        if line.pictures is None or line.person_id is None:
            continue
        posted = [one for one in json.loads(line.pictures) if may_be_shown(one, now)]
        found[:0] = posted
    return tuple(found[-MOST_IMAGES:])


def may_be_shown(address: object, now: dt.datetime) -> bool:
    """Whether a picture lies where only Discord puts some, and still does."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    is_discords = parts.scheme == "https" and parts.hostname in STORES and port is None
    if parts.username or not (is_discords or _is_of_our_server(parts.scheme, parts.netloc)):
        return False
    ends = parse_qs(parts.query).get("ex")
    try:
        return not ends or int(ends[-1], 16) > now.timestamp() + LEFT_S
    except ValueError:
        return False


def _is_of_our_server(scheme: str, netloc: str) -> bool:
    base = settings.FISHBOWL.discord_api_base
    ours = urlsplit(base) if base else None
    return ours is not None and (scheme, netloc) == (ours.scheme, ours.netloc)
