"""Who is behind what is being done just now: a member of staff, from where, by which means.

The web process sets it for each request, commands and Discord's keepers for what they do. With
nobody behind it the society acts by itself, and what it does is in its own records.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

LONGEST_AGENT = 300


@dataclass(frozen=True, slots=True)
class Acting:
    """`user` is a row of the staff's accounts, or None; `name` says who it was even then."""

    user: Any = None
    name: str = ""
    ip: str | None = None
    agent: str = ""
    means: str = ""  # web, command or discord


NOBODY = Acting()
_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)
_acting: ContextVar[Acting] = ContextVar("acting", default=NOBODY)


def acting() -> Acting:
    """Who is behind this. Loads the request's user at most once, and only when asked."""
    request = _request.get()
    return _acting.get() if request is None else of_request(request)


def is_somebody_acting() -> bool:
    """Whether a member of staff is behind this. Cheap where nobody is: every saved row asks."""
    if _acting.get() is not NOBODY:
        return True
    request = _request.get()
    if request is None or request.method in ("GET", "HEAD", "OPTIONS"):
        return False
    return of_request(request).user is not None


def of_request(request: HttpRequest) -> Acting:
    """Who sent a request."""
    user: Any = getattr(request, "user", None)
    is_known = user is not None and user.is_authenticated
    return Acting(
        user=user if is_known else None,
        name=user.get_username() if is_known else "",
        ip=address_of(request),
        agent=request.headers.get("User-Agent", "")[:LONGEST_AGENT],
        means="web",
    )


def address_of(request: HttpRequest) -> str | None:
    """The address that a request came from. A proxy's header is believed by the server alone, which
    knows its proxies, so that nobody can write another's address into the log."""
    return as_address(str(request.META.get("REMOTE_ADDR", "")))


def as_address(text: str) -> str | None:
    """A text as an IP address, or nothing: what a socket has in its place is none."""
    try:
        return str(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return None


@contextmanager
def during(request: HttpRequest) -> Iterator[None]:
    """All that happens inside is done by whoever sent the request."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)


@contextmanager
def acting_as(user: Any = None, *, name: str = "", means: str) -> Iterator[None]:
    """All that happens inside is done by this member of staff, or in this name, by these means."""
    who = Acting(user=user, name=name or (user.get_username() if user else ""), means=means)
    token, asked = _acting.set(who), _request.set(None)
    try:
        yield
    finally:
        _acting.reset(token)
        _request.reset(asked)
