"""A running society whose database or Redis goes away and comes back: its processes stay."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.faults.browsers import Browser, Letter
from tests.faults.society import Society
from tests.patience import PATIENCE_S


@pytest.fixture(scope="module")
def society(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Society]:
    found = Society(tmp_path_factory.mktemp("society") / "var")
    try:
        found.copy.up()
        yield found
    finally:
        found.copy.kill_all()


@pytest.fixture(scope="module")
def ada(society: Society) -> Iterator[Browser]:
    """Somebody who watches both rooms for as long as the tests run."""
    browser = Browser(society.port, "Ada", society.channels())
    browser.start()
    assert browser.is_in.wait(PATIENCE_S)
    yield browser
    browser.leave()


def kill_redis(society: Society) -> None:
    """The worker may go too: kombu 5.7 fails to close a lost connection while it holds messages
    that are due later, so Celery gives up (exit status 0) and the supervisor starts it again."""
    assert society.kill("redis") == 1


def kill_postgres(society: Society) -> None:
    assert society.kill("postgres") == 1


def restart_fast(society: Society) -> None:
    society.restart_database("fast")


def restart_at_once(society: Society) -> None:
    society.restart_database("immediate")


FAULTS: tuple[Callable[[Society], None], ...] = (
    Society.flush_redis,
    kill_redis,
    restart_fast,
    restart_at_once,
    kill_postgres,
)


def await_answer(society: Society, letter: Letter) -> int:
    """Wait until a character answers what a person wrote. Returns the answer's key."""
    query = "SELECT coalesce(max(id), 0) FROM conversations_message WHERE reply_to_id = %s"
    society.wait_until(
        lambda: letter.message and society.value(query, letter.message),
        PATIENCE_S,
        f"nobody answers: {letter.text}",
    )
    return int(society.value(query, letter.message))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_nobody_has_to_be_started_again(
    fault: Callable[[Society], None], society: Society, ada: Browser
) -> None:
    channel = society.channels()[0]
    await_answer(society, ada.write(channel, f"Odile, all well before {fault.__name__}?"))
    parts = ("web", "worker", "beat", "supervisor")
    before = {part: society.pids(part) for part in parts}
    assert all(before.values())
    connections = ada.connections

    fault(society)
    began = time.monotonic()
    letter = ada.write(channel, f"Odile, did you notice anything of {fault.__name__}?")
    society.wait_until(lambda: letter.message, PATIENCE_S, "not acknowledged")
    acknowledged = time.monotonic() - began
    answer = await_answer(society, letter)
    answered = time.monotonic() - began
    society.wait_until(lambda: answer in ada.heard(), PATIENCE_S, "not heard live")
    heard = time.monotonic() - began
    society.wait_until(
        lambda: (
            not society.value(
                "SELECT count(*) FROM conversations_delivery WHERE status <> 'sent' "
                "AND next_attempt_at < now() - interval '3 s'"
            )
        ),
        60,
        "a delivery lies there",
    )
    stayed = parts if fault is not kill_redis else [part for part in parts if part != "worker"]
    for part in stayed:
        assert society.pids(part) == before[part], f"{part} was started again"
    society.wait_until(lambda: len(society.pids("worker")) == 1, 10, "no worker, or two")
    assert ada.connections == connections
    print(  # noqa: T201 - figures for whoever runs with -s
        f"\n{fault.__name__}: a person's message acknowledged after {acknowledged:.1f} s, answered "
        f"after {answered:.1f} s, heard after {heard:.1f} s, all delivered after "
        f"{time.monotonic() - began:.1f} s"
    )
