"""Each request is made once; limits are kept as they are told; no secret is repeated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from discord.http import Route

from conversations.discord.refusals import Failure, Kind, failure
from conversations.discord.rest import Rest
from tests.discord.sending import WEBHOOK_POST, Stage

pytestmark = pytest.mark.django_db(transaction=True)


def ask(stage: Stage, *asked: Route, body: Any = None) -> list[Any]:
    """What came of each request, made one after the other."""

    async def run() -> list[Any]:
        found = []
        async with Rest(str(stage.server.token)) as rest:
            for route in asked:
                try:
                    found.append(await rest.ask(route, body))
                except Failure as refused:
                    found.append(refused)
        return found

    return asyncio.run(run())


def me() -> Route:
    return Route("GET", "/users/@me")


def history(stage: Stage) -> Route:
    return Route("GET", "/channels/{channel_id}/messages", channel_id=stage.place.id)


def posting(stage: Stage) -> Route:
    webhook = stage.place.add_webhook("Ours", by=stage.server.bot)
    return Route(
        "POST",
        "/webhooks/{webhook_id}/{webhook_token}",
        webhook_id=webhook.id,
        webhook_token=webhook.token,
    )


def test_it_asks_as_the_bot(stage: Stage) -> None:
    (found,) = ask(stage, me())
    assert found["id"] == str(stage.server.bot.id)


@pytest.mark.parametrize("status", [500, 502, 504, 524])
def test_it_never_asks_again_by_itself(stage: Stage, status: int) -> None:
    stage.server.faults.fail(WEBHOOK_POST, times=None, status=status)
    (refused,) = ask(stage, posting(stage), body={"content": "x"})
    assert (refused.kind, refused.is_sure) == (Kind.AWAY, False)
    assert stage.asked(WEBHOOK_POST) == 1


def test_it_knows_what_is_sure(stage: Stage) -> None:
    stage.server.faults.cut(WEBHOOK_POST)
    route = posting(stage)
    (refused,) = ask(stage, route, body={"content": "x"})
    assert (refused.kind, refused.is_sure) == (Kind.AWAY, False)
    with stage.server.outage():
        (refused,) = ask(stage, route, body={"content": "x"})
    assert (refused.kind, refused.is_sure) == (Kind.AWAY, True)


def test_no_failure_repeats_a_token(stage: Stage) -> None:
    route = posting(stage)
    faults: list[Callable[[], None]] = [
        lambda: stage.server.faults.cut(WEBHOOK_POST),
        lambda: stage.server.faults.fail(WEBHOOK_POST),
        lambda: stage.server.faults.refuse(WEBHOOK_POST, code=50013, message="Missing"),
        lambda: stage.server.faults.rate_limit(WEBHOOK_POST),
    ]
    for fault in faults:
        fault()
        (refused,) = ask(stage, route, body={"content": "x"})
        assert isinstance(refused, Failure)
        said = f"{refused} {refused!r} {refused.remedy} {refused.__cause__}"
        assert str(route.webhook_token) not in said
        assert str(stage.server.token) not in said


def test_a_bucket_that_is_empty_is_waited_for(stage: Stage) -> None:
    stage.server.limits.set("GET /channels/{channel_id}/messages", 2, per_s=0.2)
    assert ask(stage, *[history(stage)] * 6) == [[]] * 6
    assert stage.server.rate_limited == []


def test_a_long_limit_is_not_waited_for_and_not_asked_against(stage: Stage) -> None:
    stage.server.limits.set("GET /channels/{channel_id}/messages", 1, per_s=60)
    first, second = ask(stage, history(stage), history(stage))
    assert first == []
    assert second.kind is Kind.LIMITED
    assert 50 < second.retry_after <= 60
    assert stage.server.rate_limited == []


def test_a_global_limit_holds_everything_back(stage: Stage) -> None:
    stage.server.faults.rate_limit("GET /users/@me", retry_after=30, scope="global")
    refused = ask(stage, me(), history(stage))
    assert [one.kind for one in refused] == [Kind.LIMITED, Kind.LIMITED]
    assert stage.asked("GET /channels/*") == 0


def test_who_is_shut_out_before_discord_is_reached_asks_nothing_more(stage: Stage) -> None:
    stage.server.faults.fail("GET /users/@me", status=429)  # in no form of Discord's own
    refused = ask(stage, me(), history(stage))
    assert [one.kind for one in refused] == [Kind.LIMITED, Kind.LIMITED]
    assert stage.asked("GET /channels/*") == 0


@pytest.mark.parametrize(
    ("status", "answer", "by_webhook", "kind"),
    [
        (404, {"code": 10015}, True, Kind.WEBHOOK_GONE),
        (401, {"code": 50027}, True, Kind.WEBHOOK_GONE),
        (404, {}, True, Kind.WEBHOOK_GONE),
        (404, {"code": 10003}, True, Kind.CHANNEL_GONE),
        (404, {"code": 10003}, False, Kind.CHANNEL_GONE),
        (404, {"code": 10008}, True, Kind.MESSAGE_GONE),
        (403, {"code": 50013}, False, Kind.FORBIDDEN),
        (403, {"code": 50001}, False, Kind.FORBIDDEN),
        (403, "<html>", False, Kind.FORBIDDEN),
        (400, {"code": 30007}, False, Kind.FORBIDDEN),
        (400, {"code": 50024}, False, Kind.FORBIDDEN),
        (400, {"code": 200000}, True, Kind.OBJECTED),
        (400, {"code": 240000}, True, Kind.OBJECTED),
        (400, {"code": 50035, "errors": {"content": {}}}, True, Kind.REFUSED),
        (401, {}, False, Kind.TOKEN),
        (429, {"retry_after": 1.5}, True, Kind.LIMITED),
        (503, "<html>", True, Kind.AWAY),
    ],
)
def test_every_refusal_has_its_kind(status: int, answer: Any, by_webhook: bool, kind: Kind) -> None:
    assert failure(status, answer, {}, by_webhook=by_webhook).kind is kind


@pytest.mark.parametrize(
    ("answer", "headers", "seconds"),
    [
        ({"retry_after": 1.5}, {}, 1.5),
        ("<html>", {"Retry-After": "12"}, 12.0),
        ("<html>", {}, 60.0),
        ({"retry_after": "soon"}, {}, 60.0),
        ({"retry_after": -3}, {}, 0.0),
    ],
)
def test_it_reads_how_long_to_wait_wherever_it_stands(
    answer: Any, headers: dict[str, str], seconds: float
) -> None:
    assert failure(429, answer, headers, by_webhook=False).retry_after == seconds
