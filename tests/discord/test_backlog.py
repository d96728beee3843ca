"""What is left unsaid after an outage, and what is not."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.discord.backlog import Waiting, unsaid
from conversations.discord.outbound_rules import OutboundRules
from tests.builders import NOON

RULES = OutboundRules()


def ago(number: int, minutes: float, **fields: bool) -> Waiting:
    return Waiting(number, NOON - dt.timedelta(minutes=minutes), **fields)


def test_what_is_fresh_is_said_however_much_it_is() -> None:
    assert unsaid([ago(n, 0.5) for n in range(100)], RULES, NOON) == {}


def test_of_what_is_late_the_last_few_are_said() -> None:
    left = unsaid([ago(n, 10 - n / 10) for n in range(20)], RULES, NOON)
    assert sorted(left) == list(range(14))


def test_what_is_too_old_is_not_said() -> None:
    assert list(unsaid([ago(1, 16), ago(2, 14)], RULES, NOON)) == [1]


def test_an_answer_to_a_person_is_kept_for_longer() -> None:
    waiting = [ago(1, 121, answers_person=True), ago(2, 119, answers_person=True)]
    waiting += [ago(n, 5) for n in range(3, 13)]
    assert sorted(unsaid(waiting, RULES, NOON)) == [1, 3, 4, 5, 6]


def test_reactions_take_no_room() -> None:
    waiting = [ago(n, 5, is_reaction=True) for n in range(20)]
    assert unsaid(waiting, RULES, NOON) == {}
    assert unsaid([ago(1, 16, is_reaction=True)], RULES, NOON).keys() == {1}


@given(st.lists(st.floats(0, 300), max_size=40))
def test_what_is_said_is_never_older_than_what_is_left(minutes: list[float]) -> None:
    waiting = [ago(n, m) for n, m in enumerate(sorted(minutes, reverse=True))]
    left = unsaid(waiting, RULES, NOON)
    assert sorted(left) == list(range(len(left)))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mentions", "everyone"),
        ("quotes", True),
        ("stale_min", 0),
        ("stale_min", "15"),
        ("late_most", 2.5),
        ("late_most", True),
        ("later", 1),
    ],
)
def test_settings_that_make_no_sense_are_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"discord_outbound.{name}"):
        OutboundRules.from_configuration({name: value})
