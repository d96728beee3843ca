"""The only door to a voice: every attempt is a row before it is made, and is completed after.

Servers are tried in the configured order; those whose circuit breaker is open are left alone, and
one that is answering as many calls as it may is waited for a while. With no server configured, the
offline voice answers through the same door.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import lru_cache
from random import Random

from django.conf import settings
from django.utils import timezone

from audit.calls import budgets, lessons
from audit.calls.calls import (
    BREAKER,
    About,
    close_done,
    close_failed,
    finish,
    open_call,
    write_offline,
)
from audit.models import LLMCall
from fishbowl.llm.embedding import WordLlamaEmbedder
from fishbowl.llm.endpoint import Endpoint
from fishbowl.llm.errors import (
    BusyError,
    ContextTooLongError,
    FilteredReplyError,
    GatewayError,
    ImagesRefusedError,
    OwnModelUnknownError,
    SchemaMismatchError,
    UnavailableError,
)
from fishbowl.llm.offline import OfflineVoice
from fishbowl.llm.offline.similar import CachedSimilarity
from fishbowl.llm.reply import estimate_prompt_tokens
from fishbowl.llm.structured import repair_request
from fishbowl.llm.types import MOST_IMAGES, TOKENS_AN_IMAGE, ChatRequest, ChatResult

log = logging.getLogger(__name__)

SHAPE_TOKENS = 1200  # about as many as a shape takes that an answer is asked for in
SLOT_WAIT_S = 20.0  # how long to wait for a server that is answering as many calls as it may
SLOT_LOOK_S = (0.05, 0.3)


class NoVoice(Exception):
    """No model server could answer.

    `retry_after` is seconds, where every server says when; `tokens` and `usd` are what the failed
    attempts cost all the same; `is_busy` when nothing failed and every slot was taken;
    `is_too_long` when each server found the prompt longer than its model can read; `is_withheld`
    when one had an answer and would not give it out.
    """

    def __init__(
        self,
        why: str,
        retry_after: float | None = None,
        *,
        tokens: int = 0,
        usd: Decimal = Decimal(0),
        is_busy: bool = False,
        is_too_long: bool = False,
        is_withheld: bool = False,
    ) -> None:
        super().__init__(why)
        self.retry_after = retry_after
        self.tokens = tokens
        self.usd = usd
        self.is_busy = is_busy
        self.is_too_long = is_too_long
        self.is_withheld = is_withheld


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


def may_use_tools() -> bool:
    """Whether a model server is said to know tool calls."""
    return any(endpoint.supports_tools for endpoint in settings.LLM_ENDPOINTS)


def sees_images() -> bool:
    """Whether a model server is said to see pictures."""
    return any(endpoint.sees_images for endpoint in settings.LLM_ENDPOINTS)


def expected(prompt: int, answer: int) -> tuple[int, Decimal]:
    """Tokens and US dollars to reserve for one turn whose prompt may take so many tokens and its
    answer so many, with the pictures that it may show, at the dearest server that may answer. The
    offline voice costs nothing."""
    if is_offline():
        return 0, Decimal(0)
    prompt += MOST_IMAGES * TOKENS_AN_IMAGE * sees_images()
    return prompt + answer, max(one.cost(prompt, answer) for one in settings.LLM_ENDPOINTS)


def expected_of(request: ChatRequest) -> tuple[int, Decimal]:
    """Tokens and US dollars to reserve for a call as it stands."""
    if is_offline():
        return 0, Decimal(0)
    prompt = estimate_prompt_tokens(request.messages)
    if request.schema is not None:
        prompt += SHAPE_TOKENS
    most = max(one.cost(prompt, request.max_tokens) for one in settings.LLM_ENDPOINTS)
    return prompt + request.max_tokens, most


def ask(
    request: ChatRequest,
    *,
    character_id: int | None = None,
    community_id: int | None = None,
    conversation_id: int | None = None,
) -> Answer:
    """Get one answer. Never call it inside a transaction: it speaks to the network.

    Raises:
        NoVoice: every server failed or is being left alone.
    """
    about = {
        "character_id": character_id,
        "community_id": community_id,
        "conversation_id": conversation_id,
    }
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


def ask_within_budgets(
    request: ChatRequest,
    *,
    now: dt.datetime,
    character_id: int | None = None,
    community_id: int | None = None,
    conversation_id: int | None = None,
) -> Answer:
    """Like `ask`, on the budgets of the deployment, the character and the community, which are
    charged with what it took, an answer or not.

    Raises:
        BudgetExhausted: one of them is spent.
        NoVoice: every server failed or is being left alone.
    """
    tokens, usd = expected_of(request)
    with budgets.held(
        character_id=character_id, community_id=community_id, tokens=tokens, usd=usd, now=now
    ) as held:
        try:
            answer = ask(
                request,
                character_id=character_id,
                community_id=community_id,
                conversation_id=conversation_id,
            )
        except NoVoice as failed:
            held.tokens, held.usd = failed.tokens, failed.usd
            raise
        held.tokens, held.usd = answer.tokens, answer.usd
        return answer


@dataclass(slots=True)
class _Asking:
    """One answer in the making: how each server failed so far, and what that cost."""

    request: ChatRequest
    about: About
    rng: Random = field(default_factory=Random)
    failures: list[GatewayError] = field(default_factory=list)
    tokens: int = 0
    usd: Decimal = Decimal(0)

    def at(self, endpoint: Endpoint) -> Answer | None:
        """The answer of one server. None, with a failure more, when it has none."""
        from fishbowl.llm.chat import client_for  # the client takes a second to import

        client = client_for(endpoint)
        policy = endpoint.retry_policy(deadline_s=endpoint.timeout_s)
        current, is_repaired = self.request, False
        try:
            for attempt in policy.attempts(self.rng):
                call, edition = open_call(endpoint, current, attempt.number, self.about)
                if client.edition != edition:
                    client.knows(lessons.of(endpoint), edition)
                try:
                    result = client.attempt(current, timeout_s=attempt.time_left)
                except GatewayError as error:
                    self._charge(*close_failed(call, endpoint, error))
                    if isinstance(error, SchemaMismatchError) and not is_repaired:
                        is_repaired, current = True, repair_request(current, error)
                        attempt.again(error)
                    elif isinstance(error, ImagesRefusedError):
                        current = current.without_images()
                        attempt.again(error)
                    elif isinstance(error, OwnModelUnknownError):
                        current = replace(current, model=None)
                        attempt.again(error)
                    else:
                        attempt.failed(error)
                except BaseException as error:
                    # A mistake of ours, or the process is told to stop: nobody will close the row.
                    # Its words may hold anything, so the row has its kind alone.
                    finish(call, status=LLMCall.Status.FAILED, error=type(error).__name__)
                    raise
                else:
                    self._charge(*close_done(call, endpoint, result))
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
            is_too_long=bool(self.failures)
            and all(isinstance(error, ContextTooLongError) for error in self.failures),
            is_withheld=any(isinstance(error, FilteredReplyError) for error in self.failures),
        )


def _ask_offline(request: ChatRequest, about: About) -> Answer:
    started = timezone.now()
    result = offline_voice().complete(request)
    return Answer(result, write_offline(request, about, result, started), 0, Decimal(0))


__all__ = [
    "Answer",
    "NoVoice",
    "ask",
    "ask_within_budgets",
    "expected",
    "expected_of",
    "is_offline",
    "may_use_tools",
    "sees_images",
    "voice_name",
]
