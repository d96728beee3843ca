"""A society is killed, part by part and all at once, at random moments, while people and characters
talk; then its rows prove that nothing was lost, nothing doubled, and that it talks on."""

from __future__ import annotations

import datetime as dt
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.chaos import Chaos, Fault, Keeper, Talker
from tests.acceptance.conftest import CHAOS_S
from tests.acceptance.proof import Row, Rows, find_faults
from tests.faults.browsers import Browser, Letter
from tests.faults.society import Society
from tests.modelserver import ModelServer
from tests.patience import PATIENCE_S

PEOPLE = ("Ada", "Bela", "Cyrus", "Dunja")
# So that there is more to break: characters talk faster, also where people write much.
LIVELIER = """
from audit.configuration import configuration
configuration.set_value("director", "time_scale", 0.5)
configuration.set_value("director", "busy_messages", 100000)
"""
# Within these, on a machine that is busy with other tests. What it took is in the report.


@contextmanager
def voice(latency: float | None) -> Iterator[dict[str, str]]:
    """The settings of whoever speaks: the offline voice, or a model server that takes its time."""
    if latency is None:
        yield {}
        return
    with ModelServer(delay_s=latency, keep_history=False) as server:
        yield {"LLM_BASE_URL": server.base_url, "LLM_MODEL": "stand-in"}


@contextmanager
def running(
    var: Path, settings: dict[str, str]
) -> Iterator[tuple[Society, Keeper, list[Browser], list[Talker]]]:
    """A society with people in it."""
    society = Society(var, **settings)
    keeper = Keeper(society)
    browsers: list[Browser] = []
    talkers: list[Talker] = []
    try:
        society.copy.up()
        done = society.copy.manage("shell", "--command", LIVELIER)
        assert done.returncode == 0, done.stderr
        rooms = society.channels()
        assert len(rooms) == 2
        for number, name in enumerate(PEOPLE):
            browsers.append(Browser(society.port, name, rooms))
            talkers.append(Talker(browsers[-1], rooms[0], rooms, seed=number))
        for browser in browsers:
            browser.start()
        for browser in browsers:
            assert browser.is_in.wait(PATIENCE_S)
        keeper.start()
        yield society, keeper, browsers, talkers
    finally:
        for talker in talkers:
            if talker.is_alive():
                talker.fall_silent()
        for browser in browsers:
            browser.leave()
        if keeper.is_alive():
            keeper.rest()
        society.copy.kill_all()


def test_a_society_survives_whatever_is_killed(
    tmp_path: Path, pytestconfig: pytest.Config, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds = pytestconfig.getoption("chaos_seconds", None) or CHAOS_S
    seed = pytestconfig.getoption("chaos_seed", None)
    seed = secrets.randbelow(10**6) if seed is None else seed
    latency = pytestconfig.getoption("chaos_latency", None)
    began = time.monotonic()
    with (
        voice(latency) as settings,
        running(tmp_path / "var", settings) as (society, keeper, browsers, talkers),
    ):
        chaos = Chaos(society, seed)
        for talker in talkers:
            talker.start()
        society.talks_on(PATIENCE_S)
        before = society.value("SELECT count(*) FROM conversations_message")

        chaos.rage(seconds)

        last = chaos.faults[-1].at
        for talker in talkers:
            talker.fall_silent()
        letters = [letter for browser in browsers for letter in browser.letters]
        parts = ("web", "worker", "beat", "supervisor", "postgres", "redis")
        society.wait_until(
            lambda: all(len(society.pids(part)) == 1 for part in parts),
            PATIENCE_S,
            f"each of {parts} runs once (seed {seed})",
        )
        society.wait_until(
            lambda: all(letter.message for letter in letters),
            PATIENCE_S,
            f"every letter is acknowledged (seed {seed})",
        )
        society.wait_until(
            lambda: society.value(
                "SELECT count(*) FROM conversations_message "
                "WHERE character_id IS NOT NULL AND created_at > %s",
                last,
            ),
            PATIENCE_S,
            f"characters talk on after the last fault (seed {seed})",
        )
        asked = browsers[0].write(society.channels()[0], "Odile, are you still there?")
        society.wait_until(
            lambda: society.value(
                "SELECT count(*) FROM conversations_message WHERE reply_to_id = %s", asked.message
            ),
            PATIENCE_S,
            f"a person is answered (seed {seed})",
        )
        letters.append(asked)
        society.wait_until(
            lambda: (
                not society.value(
                    "SELECT count(*) FROM conversations_delivery "
                    "WHERE status <> 'sent' AND next_attempt_at < now() - interval '5 s'"
                )
            ),
            PATIENCE_S,
            f"everything is delivered (seed {seed})",
        )
        with society.connect() as session:
            rows = Rows(session)
        wrong = find_faults(rows, letters)
        for browser in browsers:
            wrong += not_heard(society, browser, rows)

        with capsys.disabled():
            print(  # noqa: T201 - the report is what this test is for
                report(seed, time.monotonic() - began, before, chaos.faults, rows, letters, keeper)
            )
        assert not wrong, f"seed {seed}:\n" + "\n".join(wrong[:40])
        assert len(chaos.faults) >= min(12, seconds / 8)
        assert [browser.doubled for browser in browsers] == [[]] * len(browsers)
        keeper.rest()
        assert society.copy.end() == 0
        society.copy.require_nothing_left()


def not_heard(society: Society, browser: Browser, rows: Rows) -> list[str]:
    """Everybody has heard everything in the end that was said since they came."""
    heard = browser.heard()
    due = {row["id"] for row in rows.messages if row["id"] >= min(heard)}

    def has_heard() -> bool:
        return due <= browser.heard()

    try:
        society.wait_until(has_heard, PATIENCE_S)
    except AssertionError:
        return [
            f"{browser.person} never heard message {pk}" for pk in sorted(due - browser.heard())
        ]
    return []


def report(
    seed: int,
    took: float,
    before: int,
    faults: list[Fault],
    rows: Rows,
    letters: list[Letter],
    keeper: Keeper,
) -> str:
    """What happened, for people."""
    people = [row for row in rows.messages if row["person_id"]]
    characters = [row for row in rows.messages if row["character_id"]]
    lines = [
        "",
        f"Durability, seed {seed}: {len(faults)} faults, {took:.0f} s in all",
        f"{'':4}{'fault':<32}{'processes':>9}{'a person is stored after':>26}"
        f"{'a character speaks after':>26}",
    ]
    lines += [
        f"{'':4}{fault.kind:<32}{fault.processes:>9}{_after(fault.at, people):>26}"
        f"{_after(fault.at, characters):>26}"
        for fault in faults
    ]
    waits = sorted(
        letter.acknowledged_at - letter.written_at for letter in letters if letter.acknowledged_at
    )
    again = sum(letter.times_sent > 1 for letter in letters)
    turns = rows.turns
    retaken = sum(turn["attempts"] > 1 for turn in turns)
    lines += [
        f"  messages: {before} before the first fault, {len(rows.messages)} in the end "
        f"({len(people)} of people, {len(characters)} of characters)",
        f"  letters: {len(letters)}, {again} sent more than once; acknowledged after "
        f"{waits[len(waits) // 2]:.2f} s at the median, {waits[-1]:.1f} s at the longest",
        f"  turns: {len(turns)}, {sum(t['status'] == 'done' for t in turns)} done, "
        f"{retaken} taken again, "
        f"{sum(t['status'] == 'failed' for t in turns)} failed",
        f"  up was started again {len(keeper.starts)} times, ready after "
        f"{', '.join(f'{s:.1f} s' for s in keeper.starts) or '-'}; it refused "
        f"{len(keeper.refusals)} times{_refusals(keeper)}",
    ]
    return "\n".join(lines)


def _refusals(keeper: Keeper) -> str:
    return "".join(f"\n    {why}" for why in sorted(set(keeper.refusals)))


def _after(at: dt.datetime, messages: list[Row]) -> str:
    later = [row["created_at"] for row in messages if row["created_at"] > at]
    return f"{(min(later) - at).total_seconds():.1f} s" if later else "-"
