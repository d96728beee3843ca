"""What remains of many lines of one matter, in the third person and in their own words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fishbowl.llm.offline.digest import MOST_SAID, digest, in_words
from fishbowl.llm.types import Brief, Line


def of(*lines: tuple[str, str]) -> str:
    return digest(Brief(speaker="", lines=tuple(Line(n, *one, 0.0) for n, one in enumerate(lines))))


FERRY = (
    ("Bram", "The ferry was late again because of the tide."),
    ("Tamsin", "The ferry from Corran was late this morning, wind against tide."),
    ("Odile", "Late, the ferry, and nobody from Corran told me."),
)


def test_it_says_who_spoke_of_what_and_quotes_them():
    said = of(*FERRY)
    assert said.startswith(
        "Bram, Tamsin and Odile came back to one thing more than once: ferry, late and Corran."
    )
    assert f"Tamsin said: “{FERRY[1][1]}”" in said


def test_names_of_those_who_spoke_are_no_subject():
    said = of(("Bram", "Odile, the kettle."), ("Odile", "Bram! The kettle, Bram."))
    assert said.startswith("Bram and Odile came back to one thing more than once: kettle.")


def test_many_are_counted_and_not_listed():
    said = of(*((f"Person{n}", f"The kettle boils, number {n}.") for n in range(9)))
    assert said.startswith("Person0, Person1, Person2 and others came back to one thing")


def test_the_same_words_are_quoted_once():
    said = of(("Ada", "The ferry was late."), ("Ben", "The ferry was late."))
    assert said.count("The ferry was late.") == 1


def test_statements_stand_in_their_own_words():
    told = ("Ada keeps bees in the garden.", "Ada's bees made forty jars of honey")
    assert of(*(("", one) for one in told)) == f"{told[0]} {told[1]}."


def test_of_nothing_there_is_nothing():
    assert of() == ""
    assert of(("Bram", "  "), ("Ada", "")) == ""


def test_names_after_one_another():
    assert [in_words(x) for x in (["a"], ["a", "b"], ["a", "b", "c"])] == [
        "a", "a and b", "a, b and c",
    ]  # fmt: skip


WORDS = ["ferry", "tide", "kettle", "Corran", "late", "I", "not", "88", "…", "’", "“", "<b>"]
words = st.lists(st.sampled_from(WORDS))


@given(st.lists(st.tuples(st.sampled_from(["Ada", "Bram", ""]), words.map(" ".join)), max_size=9))
def test_it_invents_nothing_and_stays_short(lines):
    said = of(*lines)
    assert said.count(" said: “") <= MOST_SAID
    assert len(said) < 1600
    for name in ("Ada", "Bram"):
        assert name not in said or any(speaker == name for speaker, _ in lines)
