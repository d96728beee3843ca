"""The rows of calls: one for each attempt at a voice, written before it is made and closed after.

With each goes what is known of its server, shared by every process: the circuit breaker, and what
its refusals taught.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.calls import lessons
from audit.configuration.configuration import in_force
from audit.models import EndpointState, LLMCall, SecurityEventType
from audit.operation.metrics import KEEPING
from audit.security.security import record_event
from fishbowl.llm.breaker import BreakerState, CircuitBreaker
from fishbowl.llm.endpoint import Endpoint
from fishbowl.llm.errors import BusyError, GatewayError, UnauthorisedError, Usage
from fishbowl.llm.types import ChatRequest, ChatResult, ToolCall
from fishbowl.statements import inserting, stored, together

BREAKER = CircuitBreaker()
# Whose call it is: character_id, community_id and conversation_id.
About = dict[str, int | None]


def write_offline(
    request: ChatRequest, about: About, result: ChatResult, since: dt.datetime
) -> int:
    """Store a call that the offline voice has answered. Returns its key."""
    call = LLMCall(
        purpose=request.purpose,
        provider=result.provider,
        model=result.model,
        prompt_tokens=result.prompt_tokens,
        completion_tokens=result.completion_tokens,
        latency_ms=result.latency_ms,
        status=LLMCall.Status.DONE,
        request=_redacted(request) if in_force(KEEPING).offline_prompts else {},
        response=result.text,
        started_at=since,
        **about,
    )
    (((key,),),) = together(inserting(call))
    return int(key)


def open_call(
    endpoint: Endpoint, request: ChatRequest, attempt: int, about: About
) -> tuple[LLMCall, str]:
    """Write the row of a call about to be made. Returns it, and the edition of the lessons there
    are: another one than before when any was learned or forgotten.

    Of a server in good health without a limit, that is all. Otherwise the breaker and the limit of
    calls at once are looked at and taken under one lock a server, shared by every process; a call
    of a process that died counts until its server's timeout.

    Raises:
        UnavailableError: the server is being left alone.
        BusyError: as many calls as allowed are under way.
    """
    now = timezone.now()
    call = _call(endpoint, request, attempt, about, now)
    limit = settings.LLM_MAX_CONCURRENCY
    if not limit:
        asked = inserting(call, _IN_GOOD_HEALTH, endpoint.name, also=lessons.EDITION)
        for key, edition in together(asked)[0]:
            return stored(call, key), edition
    EndpointState.objects.get_or_create(name=endpoint.name)
    with transaction.atomic():
        row = EndpointState.objects.select_for_update().get(name=endpoint.name)
        breaker = _breaker(row)
        if not BREAKER.allows(breaker, now):
            raise BREAKER.refusal(breaker, now, endpoint.name)
        if limit and _running(endpoint, now) >= limit:
            raise BusyError(f"{limit} at once", server=endpoint.name)
        _store(row, BREAKER.before_call(breaker, now))
        (((key, edition),),) = together(inserting(call, also=lessons.EDITION))
        return stored(call, key), edition


_IN_GOOD_HEALTH = "FROM audit_endpointstate WHERE name = %s AND opened_until IS NULL"


def _running(endpoint: Endpoint, now: dt.datetime) -> int:
    """How many calls at a server are under way, in whichever process."""
    return LLMCall.objects.filter(
        provider=endpoint.name,
        status=LLMCall.Status.RUNNING,
        started_at__gt=now - dt.timedelta(seconds=endpoint.timeout_s),
    ).count()


def _call(
    endpoint: Endpoint,
    request: ChatRequest,
    attempt: int,
    about: About,
    now: dt.datetime,
) -> LLMCall:
    return LLMCall(
        purpose=request.purpose,
        provider=endpoint.name,
        model=endpoint.model_for(request),
        attempt=attempt,
        request=_redacted(request),
        started_at=now,
        **about,
    )


def _breaker(row: EndpointState) -> BreakerState:
    return BreakerState(row.failures, row.opened_until, row.half_open)


def _redacted(request: ChatRequest) -> dict[str, Any]:
    return {
        "messages": [
            {
                "role": m.role,
                "content": _storable(m.content),
                **({"name": _storable(m.name)} if m.name else {}),
                **({"tool_calls": _asked(m.tool_calls)} if m.tool_calls else {}),
                **({"images": len(m.images)} if m.images else {}),  # not where they are
            }
            for m in request.messages
        ],
        **({"tools": [tool.name for tool in request.tools]} if request.tools else {}),
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
    }


def _asked(calls: tuple[ToolCall, ...]) -> list[str]:
    """The tools that a model asked for, as they are kept."""
    return [_storable(f"{call.name}({call.arguments})") for call in calls]


# The key in the database is (id, started_at): naming both touches one partition only. Written by
# hand, because it runs for every turn; the server's row is touched when it was ailing, and
# otherwise once in a while, so that keepers see that it lives.
CLOSE_DONE = """
    WITH call AS (
        UPDATE audit_llmcall SET status = 'done', model = %(model)s, response = %(text)s,
            prompt_tokens = %(prompt)s, completion_tokens = %(completion)s,
            cached_tokens = %(cached)s, latency_ms = %(latency)s, cost_usd = %(usd)s
        WHERE id = %(id)s AND started_at = %(started_at)s
    )
    UPDATE audit_endpointstate
    SET failures = 0, opened_until = NULL, half_open = false, last_success_at = %(now)s
    WHERE name = %(name)s AND (
        failures > 0 OR opened_until IS NOT NULL OR half_open
        OR last_success_at IS NULL OR last_success_at < %(now)s::timestamptz - interval '10 seconds'
    )
"""


def close_done(call: LLMCall, endpoint: Endpoint, result: ChatResult) -> tuple[int, Decimal]:
    usd = endpoint.cost(result.prompt_tokens, result.completion_tokens, result.cached_tokens)
    about = {
        "id": call.pk,
        "started_at": call.started_at,
        "model": _storable(result.model)[:200],
        "text": "\n".join([_storable(result.text), *_asked(result.tool_calls)]).strip(),
        "prompt": result.prompt_tokens,
        "completion": result.completion_tokens,
        "cached": result.cached_tokens,
        "latency": result.latency_ms,
        "usd": usd,
        "name": endpoint.name,
        "now": timezone.now(),
    }
    together((CLOSE_DONE, about))
    return result.prompt_tokens + result.completion_tokens, usd


def _storable(text: str) -> str:
    """Text as the database can hold it: without NULs and lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def close_failed(call: LLMCall, endpoint: Endpoint, error: GatewayError) -> tuple[int, Decimal]:
    now = timezone.now()
    said = _storable(f"{error.kind}: {error}")[:500]
    usage = error.usage or Usage()
    usd = endpoint.cost(usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens)
    with transaction.atomic():
        finish(
            call,
            status=LLMCall.Status.FAILED,
            error=said,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            cached_tokens=usage.cached_tokens,
            cost_usd=usd,
            latency_ms=max(0, round((now - call.started_at).total_seconds() * 1000)),
        )
        row, _ = EndpointState.objects.select_for_update().get_or_create(name=endpoint.name)
        row.last_error = said
        row.last_failure_at = now
        _store(row, BREAKER.after_failure(_breaker(row), now, error), always=True)
        if error.taught:
            lessons.keep(endpoint, call.model, error.taught, now)
    if isinstance(error, UnauthorisedError):
        record_event(SecurityEventType.TOKEN_ERROR, data={"server": endpoint.name}, now=now)
    return usage.prompt_tokens + usage.completion_tokens, usd


def finish(call: LLMCall, **fields: Any) -> None:
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
