"""The only door to a voice: every attempt is a row before it is made, and is completed after.

Servers are tried in the configured order; those whose circuit breaker is open are left alone, and
one that is answering as many calls as it may is waited for a while. With no server configured, the
offline voice answers through the same door.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from random import Random
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from audit.models import EndpointState, LLMCall
from fishbowl.llm.breaker import BreakerState, CircuitBreaker
from fishbowl.llm.chat import Endpoint, client_for, estimate_prompt_tokens
from fishbowl.llm.embedding import WordLlamaEmbedder
from fishbowl.llm.errors import (
    BusyError,
    GatewayError,
    SchemaMismatchError,
    UnavailableError,
    Usage,
)
from fishbowl.llm.offline import OfflineVoice
from fishbowl.llm.offline.similar import CachedSimilarity
from fishbowl.llm.structured import repair_request
from fishbowl.llm.types import ChatRequest, ChatResult

log = logging.getLogger(__name__)

MAX_ANSWER_TOKENS = 400
EXPECTED_PROMPT_TOKENS = 3000
BREAKER = CircuitBreaker()
SLOT_WAIT_S = 20.0  # how long to wait for a server that is answering as many calls as it may
SLOT_LOOK_S = (0.05, 0.3)


class NoVoice(Exception):
    """No model server could answer.

    `retry_after` is seconds, where every server says when; `tokens` and `usd` are what the failed
    attempts cost all the same; `is_busy` when nothing failed and every slot was taken.
    """

    def __init__(
        self,
        why: str,
        retry_after: float | None = None,
        *,
        tokens: int = 0,
        usd: Decimal = Decimal(0),
        is_busy: bool = False,
    ) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        self.tokens = tokens
        self.usd = usd
        self.is_busy = is_busy


@dataclass(frozen=True, slots=True)
class Answer:
    """What a voice said, the row of the call that got it, and what all attempts cost together."""

    result: ChatResult
    call_id: int
    tokens: int
    usd: Decimal


@lru_cache(maxsize=1)
def offline_voice() -> OfflineVoice:
    """The improviser, which finds what fits by the embedding that comes with it: never a server."""
    return OfflineVoice(CachedSimilarity(WordLlamaEmbedder().embed))


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
    asking = _Asking(request, about)
    patience = time.monotonic() + SLOT_WAIT_S
    while True:
        asking.failures = []
        for endpoint in settings.LLM_ENDPOINTS:
            answer = asking.at(endpoint)
            if answer is not None:
                return answer
            if not asking.failures[-1].elsewhere:
                break
        if not asking.is_only_busy or time.monotonic() >= patience:
            raise asking.no_voice()
        time.sleep(asking.rng.uniform(*SLOT_LOOK_S))


@dataclass(slots=True)
class _Asking:
    """One answer in the making: how each server failed so far, and what that cost."""

    request: ChatRequest
    about: dict[str, int | None]
    rng: Random = field(default_factory=Random)
    failures: list[GatewayError] = field(default_factory=list)
    tokens: int = 0
    usd: Decimal = Decimal(0)

    def at(self, endpoint: Endpoint) -> Answer | None:
        """The answer of one server. None, with a failure more, when it has none."""
        client = client_for(endpoint)
        policy = endpoint.retry_policy(deadline_s=endpoint.timeout_s)
        current, is_repaired = self.request, False
        try:
            for attempt in policy.attempts(self.rng):
                call = _open_call(endpoint, current, attempt.number, self.about)
                try:
                    result = client.attempt(current, timeout_s=attempt.time_left)
                except GatewayError as error:
                    self._charge(*_close_failed(call, endpoint, error))
                    if isinstance(error, SchemaMismatchError) and not is_repaired:
                        is_repaired, current = True, repair_request(self.request, error)
                        attempt.again(error)
                    else:
                        attempt.failed(error)
                except BaseException as error:
                    # A mistake of ours, or the process is told to stop: nobody will close the row.
                    # Its words may hold anything, so the row has its kind alone.
                    _finish(call, status=LLMCall.Status.FAILED, error=type(error).__name__)
                    raise
                else:
                    self._charge(*_close_done(call, endpoint, result))
                    return Answer(result, call.pk, self.tokens, self.usd)
        except GatewayError as error:
            self.failures.append(error)
        return None

    def _charge(self, tokens: int, usd: Decimal) -> None:
        self.tokens += tokens
        self.usd += usd

    @property
    def is_only_busy(self) -> bool:
        """Whether nothing failed this time round: waiting for a slot is all that is left."""
        return any(isinstance(error, BusyError) for error in self.failures) and all(
            isinstance(error, BusyError | UnavailableError) for error in self.failures
        )

    def no_voice(self) -> NoVoice:
        """What to tell whoever asked."""
        waits = [error.retry_after for error in self.failures]
        known = [wait for wait in waits if wait is not None]
        return NoVoice(
            " ".join(map(str, self.failures))[:480],
            min(*known, BREAKER.longest_cooldown_s) if len(known) == len(waits) else None,
            tokens=self.tokens,
            usd=self.usd,
            is_busy=self.is_only_busy,
        )


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
) -> LLMCall:
    """Write the row of a call about to be made.

    Of a server in good health without a limit, that is all. Otherwise the breaker and the limit of
    calls at once are looked at and taken under one lock a server, shared by every process; a call
    of a process that died counts until its server's timeout.

    Raises:
        UnavailableError: the server is being left alone.
        BusyError: as many calls as allowed are under way.
    """
    now = timezone.now()
    state = EndpointState.objects.filter(name=endpoint.name).order_by().first()
    if state is None:
        state, _ = EndpointState.objects.get_or_create(name=endpoint.name)
    limit = settings.LLM_MAX_CONCURRENCY
    if state.opened_until is None and not limit:
        return _write_call(endpoint, request, attempt, about, now)
    with transaction.atomic():
        row = EndpointState.objects.select_for_update().get(pk=state.pk)
        breaker = _breaker(row)
        if not BREAKER.allows(breaker, now):
            raise BREAKER.refusal(breaker, now, endpoint.name)
        if limit and _running(endpoint, now) >= limit:
            raise BusyError(f"{limit} at once", server=endpoint.name)
        _store(row, BREAKER.before_call(breaker, now))
        return _write_call(endpoint, request, attempt, about, now)


def _running(endpoint: Endpoint, now: dt.datetime) -> int:
    """How many calls at a server are under way, in whichever process."""
    return LLMCall.objects.filter(
        provider=endpoint.name,
        status=LLMCall.Status.RUNNING,
        started_at__gt=now - dt.timedelta(seconds=endpoint.timeout_s),
    ).count()


def _write_call(
    endpoint: Endpoint,
    request: ChatRequest,
    attempt: int,
    about: dict[str, int | None],
    now: dt.datetime,
) -> LLMCall:
    return LLMCall.objects.create(
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
            }
            for m in request.messages
        ],
        "temperature": request.temperature,
        "max_tokens": request.max_tokens,
    }


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
        OR last_success_at IS NULL OR last_success_at < %(now)s - interval '10 seconds'
    )
"""


def _close_done(call: LLMCall, endpoint: Endpoint, result: ChatResult) -> tuple[int, Decimal]:
    usd = endpoint.cost(result.prompt_tokens, result.completion_tokens, result.cached_tokens)
    with connection.cursor() as cursor:
        cursor.execute(
            CLOSE_DONE,
            {
                "id": call.pk,
                "started_at": call.started_at,
                "model": _storable(result.model)[:200],
                "text": _storable(result.text),
                "prompt": result.prompt_tokens,
                "completion": result.completion_tokens,
                "cached": result.cached_tokens,
                "latency": result.latency_ms,
                "usd": usd,
                "name": endpoint.name,
                "now": timezone.now(),
            },
        )
    return result.prompt_tokens + result.completion_tokens, usd


def _storable(text: str) -> str:
    """Text as the database can hold it: without NULs and lone surrogates."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _close_failed(call: LLMCall, endpoint: Endpoint, error: GatewayError) -> tuple[int, Decimal]:
    now = timezone.now()
    said = _storable(f"{error.kind}: {error}")[:500]
    usage = error.usage or Usage()
    usd = endpoint.cost(usage.prompt_tokens, usage.completion_tokens, usage.cached_tokens)
    with transaction.atomic():
        _finish(
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
    return usage.prompt_tokens + usage.completion_tokens, usd


def _finish(call: LLMCall, **fields: Any) -> None:
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
