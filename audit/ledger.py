"""The only door to a voice: every attempt is a row before it is made, and is completed after.

Servers are tried in the configured order; those whose circuit breaker is open are left alone. With
no server configured, the offline voice answers through the same door.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from audit.models import EndpointState, LLMCall
from fishbowl.llm.breaker import BreakerState, CircuitBreaker
from fishbowl.llm.chat import ChatClient, Endpoint, estimate_prompt_tokens
from fishbowl.llm.errors import GatewayError, SchemaMismatchError
from fishbowl.llm.offline import OfflineVoice
from fishbowl.llm.structured import repair_request
from fishbowl.llm.types import ChatRequest, ChatResult

log = logging.getLogger(__name__)

MAX_ANSWER_TOKENS = 400
EXPECTED_PROMPT_TOKENS = 3000
BREAKER = CircuitBreaker()


class NoVoice(Exception):
    """No model server could answer. `retry_after` is seconds, where a server said so."""

    def __init__(self, why: str, retry_after: float | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Answer:
    """What a voice said, the row of the call that got it, and what all attempts cost together."""

    result: ChatResult
    call_id: int
    tokens: int
    usd: Decimal


@lru_cache(maxsize=1)
def offline_voice() -> OfflineVoice:
    return OfflineVoice()


@lru_cache(maxsize=16)
def _client(position: int) -> ChatClient:
    endpoint: Endpoint = settings.LLM_ENDPOINTS[position]
    return ChatClient(endpoint)


def voice_name() -> str:
    """Which voice speaks, in words for people."""
    if not settings.LLM_ENDPOINTS:
        return "the offline improviser (no language model is configured)"
    first: Endpoint = settings.LLM_ENDPOINTS[0]
    return f"{first.model} at {first.name}"


def is_offline() -> bool:
    """Whether the offline voice speaks, because no model server is configured."""
    return not settings.LLM_ENDPOINTS


def expected() -> tuple[int, Decimal]:
    """Tokens and US dollars to reserve for one turn. The offline voice costs nothing."""
    if is_offline():
        return 0, Decimal(0)
    first: Endpoint = settings.LLM_ENDPOINTS[0]
    return (
        EXPECTED_PROMPT_TOKENS + MAX_ANSWER_TOKENS,
        first.cost(EXPECTED_PROMPT_TOKENS, MAX_ANSWER_TOKENS),
    )


def ask(
    request: ChatRequest,
    *,
    character_id: int | None = None,
    conversation_id: int | None = None,
) -> Answer:
    """Get one answer. Never call it inside a transaction: it speaks to the network.

    Raises:
        NoVoice: every server failed or is being left alone.
    """
    about = {"character_id": character_id, "conversation_id": conversation_id}
    if is_offline():
        return _ask_offline(request, about)
    errors: list[str] = []
    retry_after: float | None = None
    spent_tokens, spent_usd = 0, Decimal(0)
    for position, endpoint in enumerate(settings.LLM_ENDPOINTS):
        client = _client(position)
        policy = endpoint.retry_policy(deadline_s=endpoint.timeout_s)
        current, repaired = request, False
        try:
            for attempt in policy.attempts(Random()):
                call = _open_call(endpoint, current, attempt.number, about)
                if isinstance(call, str):
                    errors.append(call)
                    break
                try:
                    result = client.attempt(current, timeout_s=attempt.time_left)
                except GatewayError as error:
                    tokens, usd = _close_failed(call, endpoint, error)
                    spent_tokens, spent_usd = spent_tokens + tokens, spent_usd + usd
                    if isinstance(error, SchemaMismatchError) and not repaired:
                        repaired, current = True, repair_request(request, error)
                        attempt.again(error)
                    else:
                        attempt.failed(error)
                else:
                    tokens, usd = _close_done(call, endpoint, result)
                    return Answer(result, call.pk, spent_tokens + tokens, spent_usd + usd)
        except GatewayError as error:
            errors.append(f"{endpoint.name}: {error}")
            retry_after = error.retry_after or retry_after
            if not error.elsewhere:
                break
    raise NoVoice("; ".join(errors)[:480] or "No model server is configured.", retry_after)


def _ask_offline(request: ChatRequest, about: dict[str, int | None]) -> Answer:
    started = timezone.now()
    result = offline_voice().complete(request)
    call = LLMCall.objects.create(
        purpose=request.purpose,
        provider=result.provider,
        model=result.model,
        prompt_tokens=result.prompt_tokens,
        completion_tokens=result.completion_tokens,
        latency_ms=result.latency_ms,
        status=LLMCall.Status.DONE,
        response=result.text,
        started_at=started,
        **about,
    )
    return Answer(result, call.pk, 0, Decimal(0))


def _open_call(
    endpoint: Endpoint, request: ChatRequest, attempt: int, about: dict[str, int | None]
) -> LLMCall | str:
    """Write the row of a call about to be made, or say why it may not be made now.

    The breaker and the concurrency limit are looked at and taken under one lock a server, shared
    by every process; a call of a process that died counts until its server's timeout.
    """
    now = timezone.now()
    with transaction.atomic():
        EndpointState.objects.get_or_create(name=endpoint.name)
        row = EndpointState.objects.select_for_update().get(name=endpoint.name)
        state = BreakerState(row.failures, row.opened_until, row.half_open)
        if not BREAKER.allows(state, now):
            return str(BREAKER.refusal(state, now, endpoint.name))
        limit = settings.LLM_MAX_CONCURRENCY
        if limit:
            running = LLMCall.objects.filter(
                provider=endpoint.name,
                status=LLMCall.Status.RUNNING,
                started_at__gt=now - dt.timedelta(seconds=endpoint.timeout_s),
            ).count()
            if running >= limit:
                return f"{endpoint.name} is answering {running} calls, which is its limit"
        _store(row, BREAKER.before_call(state, now))
        return LLMCall.objects.create(
            purpose=request.purpose,
            provider=endpoint.name,
            model=endpoint.model_for(request),
            attempt=attempt,
            request=_redacted(request),
            started_at=now,
            **about,
        )


def _redacted(request: ChatRequest) -> dict[str, Any]:
    return {
        "messages": [
            {"role": m.role, "content": m.content, **({"name": m.name} if m.name else {})}
            for m in request.messages
        ],
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
    }


def _close_done(call: LLMCall, endpoint: Endpoint, result: ChatResult) -> tuple[int, Decimal]:
    usd = endpoint.cost(result.prompt_tokens, result.completion_tokens, result.cached_tokens)
    _finish(
        call,
        status=LLMCall.Status.DONE,
        model=result.model,
        prompt_tokens=result.prompt_tokens,
        completion_tokens=result.completion_tokens,
        cached_tokens=result.cached_tokens,
        latency_ms=result.latency_ms,
        cost_usd=usd,
        response=result.text,
    )
    healthy = Q(failures=0, opened_until__isnull=True, half_open=False)
    EndpointState.objects.filter(name=endpoint.name).exclude(healthy).update(
        failures=0, opened_until=None, half_open=False
    )
    return result.prompt_tokens + result.completion_tokens, usd


def _close_failed(call: LLMCall, endpoint: Endpoint, error: GatewayError) -> tuple[int, Decimal]:
    now = timezone.now()
    prompt = error.usage.prompt_tokens if error.usage else 0
    completion = error.usage.completion_tokens if error.usage else 0
    usd = endpoint.cost(prompt, completion)
    with transaction.atomic():
        _finish(
            call,
            status=LLMCall.Status.FAILED,
            error=f"{error.kind}: {error}"[:500],
            prompt_tokens=prompt,
            completion_tokens=completion,
            cost_usd=usd,
            latency_ms=max(0, round((now - call.started_at).total_seconds() * 1000)),
        )
        row = EndpointState.objects.select_for_update().get(name=endpoint.name)
        state = BreakerState(row.failures, row.opened_until, row.half_open)
        row.last_error = f"{error.kind}: {error}"[:500]
        row.last_failure_at = now
        _store(row, BREAKER.after_failure(state, now, error), always=True)
    return prompt + completion, usd


def _finish(call: LLMCall, **fields: Any) -> None:
    # The key in the database is (id, started_at): naming both touches one partition only.
    LLMCall.objects.filter(pk=call.pk, started_at=call.started_at).update(**fields)


def _store(row: EndpointState, state: BreakerState, *, always: bool = False) -> None:
    before = (row.failures, row.opened_until, row.half_open)
    after = (state.failures, state.opened_until, state.half_open)
    if always or before != after:
        row.failures, row.opened_until, row.half_open = after
        row.save()


def abandon_lost_calls(now: dt.datetime) -> int:
    """Close the rows of calls whose process died. Returns how many."""
    longest = max((e.timeout_s for e in settings.LLM_ENDPOINTS), default=90.0)
    return LLMCall.objects.filter(
        status=LLMCall.Status.RUNNING,
        started_at__lt=now - dt.timedelta(seconds=2 * longest),
    ).update(status=LLMCall.Status.ABANDONED, error="The process that asked is gone.")


def ensure_partitions(now: dt.datetime, months: int = 3) -> list[str]:
    """Make the monthly partitions of the call log from now on. Returns those that were new."""
    made = []
    month = now.astimezone(dt.UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        for _ in range(months):
            following = (month + dt.timedelta(days=32)).replace(day=1)
            name = f"audit_llmcall_{month:%Y_%m}"
            cursor.execute("SELECT to_regclass(%s)", [name])
            if cursor.fetchone()[0] is None and not _default_holds(month, following):
                cursor.execute(
                    f"CREATE TABLE {name} PARTITION OF audit_llmcall "
                    f"FOR VALUES FROM ('{month.isoformat()}') TO ('{following.isoformat()}')"
                )
                made.append(name)
            month = following
    return made


def _default_holds(start: dt.datetime, end: dt.datetime) -> bool:
    """Whether rows of that month already lie in the default partition, and must stay there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM audit_llmcall_default "
            "WHERE started_at >= %s AND started_at < %s LIMIT 1",
            [start, end],
        )
        return cursor.fetchone() is not None


__all__ = [
    "MAX_ANSWER_TOKENS",
    "Answer",
    "NoVoice",
    "abandon_lost_calls",
    "ask",
    "ensure_partitions",
    "estimate_prompt_tokens",
    "expected",
    "is_offline",
    "voice_name",
]
