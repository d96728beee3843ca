"""How much a request may carry, before Django reads it."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.core.asgi import get_asgi_application

from fishbowl.bodies import AtMost
from tests.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)


async def answer(chunks: list[bytes], *headers: tuple[bytes, bytes]) -> int:
    """The status that a request of this body to a page is answered with, of at most 10 bytes."""
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/nowhere/",
        "raw_path": b"/nowhere/",
        "query_string": b"",
        "headers": [(b"host", b"localhost"), *headers],
        "client": ("127.0.0.1", 5),
        "server": ("127.0.0.1", 80),
    }
    one = ApplicationCommunicator(AtMost(get_asgi_application(), 10), scope)
    for number, chunk in enumerate(chunks, 1):
        more = number < len(chunks)
        await one.send_input({"type": "http.request", "body": chunk, "more_body": more})
    start = await one.receive_output(5)
    await one.receive_output(5)
    await one.wait(PATIENCE_S)
    return int(start["status"])


async def test_it_takes_what_fits() -> None:
    assert await answer([b"12345", b"67890"]) == 404
    assert await answer([b"1234567890"], (b"content-length", b"10")) == 404


async def test_it_refuses_what_says_that_it_is_too_large_unread() -> None:
    for length in (b"11", b"9" * 5000):
        assert await answer([], (b"content-length", length)) == 413


async def test_it_refuses_what_turns_out_to_be_too_large() -> None:
    assert await answer([b"12345", b"678901", b"2"]) == 413
    assert await answer([b"12345678901"], (b"content-length", b"many")) == 413
