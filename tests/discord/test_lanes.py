"""Events one after the other: their order, the poisoned one, and the database that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from django.db import DataError, InterfaceError, OperationalError

from conversations.discord import lanes
from conversations.discord.lanes import Lanes, NoLonger

Deed = Callable[[], Awaitable[None]]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "FIRST_PAUSE_S", 0.001)


def doing(done: list[object], what: object, *errors: Exception, wait: float = 0.0) -> Deed:
    """Something that fails with each of these errors before it is done."""
    left = list(errors)

    async def deed() -> None:
        await asyncio.sleep(wait)
        if left:
            raise left.pop(0)
        done.append(what)

    return deed


async def test_a_lane_keeps_its_order_and_lanes_run_side_by_side() -> None:
    found, done = Lanes(), []
    found.put("a", "slow", doing(done, "a1", wait=0.05))
    found.put("a", "quick", doing(done, "a2"))
    found.put("b", "quick", doing(done, "b1"))
    assert await found.drain(5) == 0
    assert done == ["b1", "a1", "a2"]


async def test_a_poisoned_event_is_skipped(caplog: pytest.LogCaptureFixture) -> None:
    found, done = Lanes(), []
    found.put("a", "message 5", doing(done, 1, DataError("no such number")))
    found.put("a", "message 6", doing(done, 2))
    await found.drain(5)
    assert done == [2]
    assert found.skipped == 1
    assert "message 5" in caplog.text


async def test_what_met_a_database_that_is_away_is_done_when_it_is_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    found, done = Lanes(), []
    away = (OperationalError("gone"), InterfaceError("closed"), OperationalError("starting"))
    found.put("a", "message 5", doing(done, 1, *away))
    found.put("a", "message 6", doing(done, 2))
    await found.drain(5)
    assert done == [1, 2]
    assert found.skipped == 0
    assert caplog.text.count("doesn't answer") == 1
    found.put("a", "message 7", doing(done, 3, OperationalError("gone again")))
    await found.drain(5)
    assert caplog.text.count("doesn't answer") == 2


async def test_a_database_that_is_away_is_asked_ever_more_rarely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float] = []

    async def wait(pause: float) -> None:
        waited.append(pause)

    found, done = Lanes(), []
    monkeypatch.setattr(lanes, "LONGEST_PAUSE_S", 0.003)
    deed = doing(done, 1, *[OperationalError("gone")] * 4)
    with monkeypatch.context() as patch:
        patch.setattr(lanes.asyncio, "sleep", wait)
        await found.carry_out("message 5", deed)
    assert done == [1]
    assert [pause for pause in waited if pause] == [0.001, 0.002, 0.003, 0.003]


async def test_what_has_no_use_any_more_is_left() -> None:
    found, done = Lanes(), []
    found.put("a", "message 5", doing(done, 1, NoLonger()))
    found.put("a", "message 6", doing(done, 2))
    await found.drain(5)
    assert (done, found.skipped) == ([2], 0)


async def test_a_full_lane_takes_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "LONGEST", 3)
    found, done = Lanes(), []
    taken = [found.put("a", str(n), doing(done, n)) for n in range(5)]
    assert taken == [True, True, True, False, False]
    assert found.put("b", "another", doing(done, "b"))
    assert found.waiting() == 4
    await found.drain(5)
    assert sorted(map(str, done)) == ["0", "1", "2", "b"]
    assert found.put("a", "again", doing(done, 9))
    await found.drain(5)
    assert 9 in done


async def test_what_isnt_done_in_time_is_let_go_of() -> None:
    found, done = Lanes(), []
    never = asyncio.Event()

    async def endless() -> None:
        await never.wait()
        done.append(1)

    found.put("a", "endless", endless)
    found.put("a", "next", doing(done, 2))
    at_work = set(found._at_work)
    assert await found.drain(0.01) == 2
    never.set()
    await asyncio.wait(at_work)
    assert done == []
    assert await found.drain(0.01) == 2  # nobody is at it


async def test_nothing_is_kept_of_an_empty_lane() -> None:
    found, done = Lanes(), []
    for n in range(100):
        found.put(n, str(n), doing(done, n))
    await found.drain(5)
    await asyncio.sleep(0)
    assert (found.waiting(), len(found._lanes), len(found._at_work)) == (0, 0, 0)
