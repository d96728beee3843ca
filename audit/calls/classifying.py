"""The one door to the moderation endpoint: every call is a row, paid from the budgets, and the
breaker leaves alone an endpoint that fails. The texts themselves are not kept among the calls."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

from audit.calls import budgets
from audit.calls.calls import close_done, close_failed, open_call
from audit.models import EndpointState, SecurityEventType
from audit.operation.alerts import Trouble
from audit.operation.alerts import register as register_alert
from audit.security.security import record_event
from fishbowl.llm.endpoint import Endpoint
from fishbowl.llm.errors import GatewayError
from fishbowl.llm.reply import estimate_tokens
from fishbowl.llm.types import ChatMessage, ChatRequest, ChatResult

NAME = "moderation"
DOWN_AFTER = 3  # failures in a row


class NotLookedAt(Exception):
    """The moderation endpoint could not be asked."""


def is_there() -> bool:
    """Whether a moderation endpoint is configured."""
    return bool(settings.MODERATION_ENDPOINT)  # lazy, so never None itself


def look(
    text: str,
    *,
    community_id: int,
    character_id: int | None = None,
    conversation_id: int | None = None,
    now: dt.datetime | None = None,
) -> dict[str, float]:
    """The endpoint's scores for a text, by category. One attempt. Never call it inside a
    transaction: it speaks to the network.

    Raises:
        NotLookedAt: it failed, is being left alone, or a budget is spent.
    """
    from fishbowl.llm.moderation import client_for  # the client takes a second to import

    endpoint: Endpoint = settings.MODERATION_ENDPOINT  # type: ignore[assignment]
    now = now or timezone.now()
    tokens = estimate_tokens(text)
    about = {
        "character_id": character_id,
        "community_id": community_id,
        "conversation_id": conversation_id,
    }
    request = ChatRequest((ChatMessage("user", f"({len(text)} characters)"),), "moderation")
    try:
        with budgets.held(
            character_id=character_id,
            community_id=community_id,
            tokens=tokens,
            usd=endpoint.cost(tokens, 0),
            now=now,
        ) as held:
            call, _ = open_call(endpoint, request, 1, about)
            try:
                found = client_for(endpoint).attempt(text)
            except GatewayError as error:
                close_failed(call, endpoint, error)
                _note_outage(now)
                raise
            told = ", ".join(
                f"{name} {score:.2f}" for name, score in found.by_category.items() if score >= 0.01
            )
            result = ChatResult(
                told, found.model, endpoint.name, found.tokens, latency_ms=found.latency_ms
            )
            held.tokens, held.usd = close_done(call, endpoint, result)
    except (budgets.BudgetExhausted, GatewayError) as error:
        raise NotLookedAt(str(error)) from None
    return dict(found.by_category)


def _note_outage(now: dt.datetime) -> None:
    """Write into the security log that what is said goes by rules alone from now on: once an
    outage."""
    if EndpointState.objects.filter(name=NAME, failures=DOWN_AFTER).exists():
        record_event(SecurityEventType.MODERATION_DOWN, data={"server": NAME}, now=now)


def down(now: dt.datetime) -> Iterator[Trouble]:
    """The moderation endpoint fails, or is being left alone because it did."""
    if not is_there():
        return
    state = EndpointState.objects.filter(name=NAME).first()
    if state is None:
        return
    left_alone = state.opened_until is not None and state.opened_until > now
    if left_alone or state.failures >= DOWN_AFTER:
        yield Trouble(
            "The moderation endpoint does not answer: what is said is let through or held, as "
            "moderation.when_unreachable says. Look whether it runs and whether its address and "
            "key are right."
        )


register_alert("moderation down", "warning", down)
