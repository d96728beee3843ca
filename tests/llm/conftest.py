from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fishbowl.llm.chat import ChatClient, Endpoint
from tests.llm.chatting import KEY, Opener
from tests.modelserver import ModelServer


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as server:
        yield server


@pytest.fixture
def client(server: ModelServer) -> Iterator[Opener]:
    opened: list[ChatClient] = []

    def open_client(**options: Any) -> ChatClient:
        options = {"api_key": KEY, "timeout_s": 5.0, "base_url": server.base_url, **options}
        opened.append(ChatClient(Endpoint(name="local", model="test", **options)))
        return opened[-1]

    yield open_client
    for one in opened:
        one.close()
