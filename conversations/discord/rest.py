"""Requests to Discord, each made once.

discord.py's own client asks again by itself after a gateway error, by which time the message may
have been posted, and sleeps through a rate limit with whatever it holds. What goes out here is
decided on by rows: a request has one answer, or one failure, and the outbox decides what then.
"""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Any

import aiohttp
from discord.http import HTTPClient, Route

from conversations.discord import clocks
from conversations.discord.refusals import Failure, Kind, failure

ANSWER_WITHIN_S = 20.0
PATIENCE_S = 3.0  # a limit that is over by then is waited for; a longer one is a failure
KEPT = 1024


class Rest:
    """One aiohttp session, and what Discord has said of its rate limits."""

    def __init__(self, token: str) -> None:
        loop = asyncio.get_running_loop()
        self._token = token
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=ANSWER_WITHIN_S),
            headers={"User-Agent": HTTPClient(loop).user_agent},
            cookie_jar=aiohttp.DummyCookieJar(),
        )
        self._time = loop.time
        self._names: dict[str, str] = {}
        self._closed_until: dict[str, float] = {}
        self._all_closed_until = 0.0

    async def __aenter__(self) -> Rest:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def ask(
        self,
        route: Route,
        body: dict[str, Any] | None = None,
        *,
        query: dict[str, str] | None = None,
    ) -> Any:
        """Make one request; by the webhook's token where the route has one, else as the bot.

        Raises:
            Failure: Discord refused, or did not answer.
        """
        by_webhook = route.webhook_token is not None
        await self.await_limits(route)
        headers = {} if by_webhook else {"Authorization": f"Bot {self._token}"}
        try:
            async with self._session.request(
                route.method, route.url, json=body, params=query, headers=headers
            ) as response:
                clocks.note(response.headers.get("Date"))
                text = await response.text(errors="replace")
        except aiohttp.ClientConnectorError as error:
            raise Failure(Kind.AWAY, type(error).__name__) from None
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            # Its words are not passed on: they may hold the address, and so a webhook's token.
            raise Failure(Kind.AWAY, type(error).__name__, is_sure=False) from None
        self._note_limits(route, response)
        answer = _parsed(text)
        if response.status >= 300:
            refused = failure(response.status, answer, response.headers, by_webhook=by_webhook)
            if refused.kind is Kind.LIMITED:
                self._close(route, answer, response, refused.retry_after)
            raise refused
        return answer

    async def await_limits(self, route: Route) -> None:
        """Wait until a request may be made, as far as it is known. Whoever must decide in the last
        moment whether to make it waits first, decides, and asks.

        Raises:
            Failure: that will take longer than anybody should wait here.
        """
        until = max(self._closed_until.get(self._bucket(route), 0.0), self._all_closed_until)
        wait = until - self._time()
        if wait > PATIENCE_S:
            raise Failure(Kind.LIMITED, "a rate limit is known", retry_after=wait)
        if wait > 0:
            await asyncio.sleep(wait)

    def _bucket(self, route: Route) -> str:
        return f"{self._names.get(route.key, route.key)}:{route.major_parameters}"

    def _note_limits(self, route: Route, response: aiohttp.ClientResponse) -> None:
        if name := response.headers.get("X-RateLimit-Bucket"):
            self._names[route.key] = name
        if response.headers.get("X-RateLimit-Remaining") == "0":
            try:
                after = float(response.headers.get("X-RateLimit-Reset-After", ""))
            except ValueError:
                return
            self._closed_until[self._bucket(route)] = self._time() + after

    def _close(
        self, route: Route, answer: Any, response: aiohttp.ClientResponse, wait: float
    ) -> None:
        until = self._time() + wait
        # What isn't in Discord's own form comes from before it, where all of this machine is meant.
        is_global = not isinstance(answer, dict) or answer.get("global") is True
        if is_global or response.headers.get("X-RateLimit-Scope") == "global":
            self._all_closed_until = until
        self._closed_until[self._bucket(route)] = until
        if len(self._closed_until) > KEPT:
            now = self._time()
            self._closed_until = {k: at for k, at in self._closed_until.items() if at > now}


def _parsed(text: str) -> Any:
    """JSON whatever the answer calls itself: compatible servers name its kind in other ways."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text
