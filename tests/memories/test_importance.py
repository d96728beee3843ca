from __future__ import annotations

import pytest

from memories.formation.importance import WEIGHTS, Factors, of_line, weigh
from tests.memories.talking import line, lines


def test_nothing_is_one_and_everything_is_ten():
    assert weigh(Factors(0, 0, 0, 0, 0, 0)) == 1.0
    assert weigh(Factors(1, 1, 1, 1, 1, 1)) == 10.0
    assert weigh(Factors(9, 9, 9, 9, 9, 9)) == 10.0


@pytest.mark.parametrize(("name", "weight"), [
    ("emotion", 0.25), ("personal", 0.20), ("uniqueness", 0.15), ("time", 0.15),
    ("interaction", 0.15), ("pattern", 0.10),
])  # fmt: skip
def test_each_factor_weighs_as_the_design_has_it(name, weight):
    zero = dict.fromkeys(WEIGHTS, 0.0)
    assert weigh(Factors(**zero | {name: 1.0})) == pytest.approx(1 + 9 * weight)


def test_what_moves_is_more_than_a_remark():
    sad = line("Ada", "My father died last spring and I still cry.", tone=-0.8)
    dull = line("Ada", "There is a bench by the door.")
    assert weigh(of_line(0, [sad], tells_of_self=True)) > weigh(of_line(0, [dull])) + 3


def test_a_date_a_call_and_an_answer_count():
    said = lines(("Ada", "Ben, is the exam tomorrow?"), ("Ben", "The exam is tomorrow, yes."))
    factors = of_line(0, said)
    assert factors.time == 1.0
    assert factors.interaction == 1.0
    assert factors.pattern > 0
    assert of_line(1, said).interaction < 1.0
