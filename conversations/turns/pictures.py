"""Which pictures of a talk a model is shown: pure.

Nothing is fetched here: the model's server is told where a picture lies. So that nobody can send it
anywhere else, only addresses of Discord's own stores of attachments are passed on, or of the server
that this deployment takes for Discord. Discord's addresses end after a day, and say when: what has
ended is told in words alone, and the model that nobody sees it any more.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import TypeGuard
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from conversations.floor.lines import Said
from fishbowl.llm.types import MOST_IMAGES

STORES = frozenset({"cdn.discordapp.com", "media.discordapp.net"})
LINES = 12  # back: who speaks looks at what is being talked of
LEFT_S = 60.0  # an address that ends sooner may have ended when it is asked for


def shown(lines: Sequence[Said], now: dt.datetime) -> tuple[str, ...]:
    """The addresses of the pictures posted last in a talk, oldest first."""
    found = [one for one in _posted(lines) if may_be_shown(one, now)]
    return tuple(found[-MOST_IMAGES:])


def lost(lines: Sequence[Said], now: dt.datetime) -> int:
    """How many pictures were posted there that could have been shown while they still lay there."""
    return sum(_lies_with_discord(one) and _has_ended(one, now) for one in _posted(lines))


def _posted(lines: Sequence[Said]) -> list[object]:
    """The addresses of what people posted of late."""
    return [
        one
        for line in lines[-LINES:]
        if line.pictures is not None and line.person_id is not None
        for one in json.loads(line.pictures)
    ]


def may_be_shown(address: object, now: dt.datetime) -> TypeGuard[str]:
    """Whether a picture lies where only Discord puts some, and still does."""
    return _lies_with_discord(address) and not _has_ended(address, now)


def _lies_with_discord(address: object) -> TypeGuard[str]:
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    is_discords = parts.scheme == "https" and parts.hostname in STORES and port is None
    is_ours = _is_of_our_server(parts.scheme, parts.netloc)
    return not parts.username and (is_discords or is_ours)


def _has_ended(address: str, now: dt.datetime) -> bool:
    ends = parse_qs(urlsplit(address).query).get("ex", [])
    try:
        return bool(ends) and int(ends[-1], 16) <= now.timestamp() + LEFT_S
    except ValueError:
        return True


def _is_of_our_server(scheme: str, netloc: str) -> bool:
    base = settings.FISHBOWL.discord_api_base
    ours = urlsplit(base) if base else None
    return ours is not None and (scheme, netloc) == (ours.scheme, ours.netloc)
