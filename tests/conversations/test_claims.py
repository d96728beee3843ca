"""Who holds a turn, and what becomes of it when that process is gone."""

from __future__ import annotations

import datetime as dt
import os
import socket
import subprocess
from decimal import Decimal

import psutil
import pytest
from django.utils import timezone

from audit.calls import budgets
from characters.models import Character
from conversations.floor import holds
from conversations.models import Conversation, Turn
from conversations.turns import claims
from tests.builders import make_budget, make_character, make_conversation, make_turn, spent

pytestmark = pytest.mark.django_db

DEAD = f"{socket.gethostname()}:1:1"  # pid 1 began at another time
ELSEWHERE = "another-host:1:1"


@pytest.fixture
def odile() -> Character:
    return make_character("Odile")


def claimed(odile: Character, by: str, now: dt.datetime, **fields: object) -> Turn:
    """A turn of a talk of its own, that a process is speaking, with 100 tokens set aside for it."""
    aside = budgets.reserve(
        character_id=odile.pk, community_id=None, tokens=100, usd=Decimal(0), now=now
    )
    how = {"status": Turn.Status.SPEAKING, "claimed_by": by, "claimed_at": now, "attempts": 1}
    return make_turn(
        make_conversation(), odile, **{**how, "reservation": aside.to_json(), **fields}
    )


def named(pid: int) -> str:
    """A process of this host, as it names itself."""
    return f"{socket.gethostname()}:{pid}:{int(psutil.Process(pid).create_time())}"


def standing(turn: Turn) -> tuple[str, str]:
    turn.refresh_from_db()
    return turn.status, turn.claimed_by


def test_what_a_dead_process_held_is_given_back_and_nothing_else(odile: Character) -> None:
    now, here, budget = timezone.now(), claims.worker_name(), make_budget(tokens=1000)
    living, dead, drafted = (
        claimed(odile, by, now, draft=draft)
        for by, draft in ((here, ""), (DEAD, ""), (DEAD, "Good evening."))
    )
    assert claims.release_abandoned(now) == 1
    assert standing(dead) == ("planned", "")
    assert (dead.reservation, dead.finished_at) == ({}, None)
    assert dead.error == "The process that was speaking it is gone."
    assert standing(living) == ("speaking", here)
    assert standing(drafted) == ("speaking", DEAD)  # what is written is said by whoever comes
    assert spent(budget)[0] == 200
    assert claims.release_abandoned(now) == 0


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"draft": "Good evening."},
        {"status": Turn.Status.DONE},
        {"claimed_by": "another-host:2:2"},
    ],
)
def test_what_went_on_meanwhile_is_not_given_back(
    odile: Character, monkeypatch: pytest.MonkeyPatch, meanwhile: dict[str, str]
) -> None:
    now, budget = timezone.now(), make_budget(tokens=1000)
    turn = claimed(odile, DEAD, now)

    def is_gone(_: int, holder: str) -> bool:
        return bool(Turn.objects.filter(pk=turn.pk, claimed_by=holder).update(**meanwhile))

    monkeypatch.setattr(claims, "_is_gone", is_gone)
    assert claims.release_abandoned(now) == 0
    turn.refresh_from_db()
    assert {name: getattr(turn, name) for name in meanwhile} == meanwhile
    assert turn.reservation
    assert spent(budget)[0] == 100


def test_a_turn_that_cost_four_processes_is_given_up(odile: Character) -> None:
    now = timezone.now()
    third, fourth = (
        claimed(odile, DEAD, now, attempts=attempts)
        for attempts in (claims.MAX_ATTEMPTS - 1, claims.MAX_ATTEMPTS)
    )
    assert claims.release_abandoned(now) == 2
    assert standing(third) == ("planned", "")
    assert standing(fourth) == ("failed", "")
    assert fourth.finished_at == now
    talk = Conversation.objects.get(pk=fourth.conversation_id)
    assert (talk.chain_length, talk.next_turn_at) == (1, now + dt.timedelta(seconds=15))
    other = Conversation.objects.get(pk=third.conversation_id)
    assert (other.chain_length, other.next_turn_at) == (0, None)


@pytest.mark.parametrize(("held_s", "given_back"), [(239, 0), (241, 1)])
def test_of_another_host_only_the_lease_tells(
    odile: Character, held_s: int, given_back: int
) -> None:
    now = timezone.now()
    claimed(odile, ELSEWHERE, now - dt.timedelta(seconds=held_s))
    assert claims.release_abandoned(now) == given_back


def test_what_this_process_let_fall_is_given_back_and_no_other_process_s(
    odile: Character, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, own = timezone.now(), claims.worker_name()
    beside = named(os.getppid())
    turns = [claimed(odile, by, now) for by in (own, f"another-{own}", beside)]
    monkeypatch.setattr(claims, "let_fall", {one.pk for one in turns})
    assert claims.release_abandoned(now) == 1
    assert [standing(one)[0] for one in turns] == ["planned", "speaking", "speaking"]
    assert claims.let_fall == {one.pk for one in turns[1:]}


def test_a_process_is_told_by_when_it_began_whatever_the_clock_was_set_to() -> None:
    host, pid, began = claims.worker_name().rsplit(":", 2)
    for off, is_gone in ((0, False), (1, False), (-1, False), (60, True), (-60, True)):
        assert claims.is_gone(f"{host}:{pid}:{int(began) + off}") is is_gone
    assert not claims.is_gone(f"another-{host}:{pid}:{int(began) + 60}")


def test_a_process_that_has_ended_is_gone_whether_anybody_noticed_or_not() -> None:
    ended = subprocess.Popen(["true"])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)
    name = named(ended.pid)
    assert claims.is_gone(name)  # nobody has asked how it ended
    ended.wait()
    assert claims.is_gone(name)


def test_who_gives_up_a_turn_gives_up_no_other(odile: Character) -> None:
    now = timezone.now()
    one, other = claimed(odile, DEAD, now), claimed(odile, DEAD, now)
    holds.give_up(one, now, "The character may not act now.", rest_s=20)
    assert [standing(turn)[0] for turn in (one, other)] == ["abandoned", "speaking"]
    assert one.finished_at == now
    looks = dict(Conversation.objects.values_list("pk", "next_turn_at"))
    assert looks[one.conversation_id] == now + dt.timedelta(seconds=20)
    assert looks[other.conversation_id] is None
