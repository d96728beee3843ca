"""What the tests of the chat client share."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from fishbowl.llm import errors
from fishbowl.llm.chat import ChatClient
from fishbowl.llm.types import ChatMessage, ChatRequest

KEY = "sk-very-secret-0123456789"
ASK = ChatRequest(
    messages=(ChatMessage("system", "You are Mara."), ChatMessage("user", "Hello?", name="Jo Li")),
    temperature=0.7,
    stop=("\nJo:",),
)
Opener = Callable[..., ChatClient]


def caught(client: ChatClient, request: ChatRequest = ASK, **options: Any) -> errors.GatewayError:
    with pytest.raises(errors.GatewayError) as info:
        client.attempt(request, **options)
    assert KEY not in str(info.value)
    assert KEY not in "".join(traceback.format_exception(info.value))
    assert info.value.__context__ is None or isinstance(info.value.__context__, errors.GatewayError)
    return info.value
