from __future__ import annotations

import pytest

from memories.formation.contradictions import contradict, replaces
from memories.formation.dedupe import say_the_same


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada lives in Oslo.", "Ada lives in Porto."),
        ("Ada lives in Oslo.", "Ada moved to Porto on 3 March 2026."),
        ("Ada works as a nurse.", "Ada works as a pilot."),
        ("Ada loves old maps.", "Ada hates old maps these days."),
        ("Ada likes jazz.", "Ada doesn't like jazz."),
        ("Ada's birthday is on 12 May.", "Ada's birthday is on 13 June."),
        ("Ada is 34 years old.", "Ada is 35 years old."),
        ("Ada is married.", "Ada is divorced."),
        ("Ada eats meat.", "Ada doesn't eat meat."),
        ("Ada's dog is called Rex.", "Ada's dog is called Bo."),
        ("Ada is a carpenter from Oban.", "Ada is a teacher now."),
        ("Ada works as a nurse.", "Ada is now a teacher."),
        ("Ada is a carpenter.", "Ada is no longer a carpenter."),
        ("Ada works as a carpenter.", "Ada isn't a carpenter."),
        ("Ada smokes a pipe.", "Ada no longer smokes."),
        ("Ada smokes.", "Ada stopped smoking."),
        ("Ada has a dog called Rufus.", "Ada no longer has a dog."),
        ("Ada has three cats.", "Ada no longer has cats."),
        ("Ada lives in Leeds.", "Ada no longer lives in Leeds."),
        ("Ada is married to Tom.", "Ada is no longer married."),
        ("Ada works at the harbour.", "Ada no longer works at the harbour."),
        ("Ada is vegan.", "Ada is no longer vegan."),
        ("Ada has a brother.", "Ada has no brothers."),
        ("Ada has two older brothers.", "Ada doesn't have any brothers."),
        ("Ada has a dog called Rufus.", "Ada has no dog."),
        ("Ada has a daughter.", "Ada has no children."),
        ("Ada has two sons.", "Ada doesn't have any kids."),
        ("Ada has a sister called Jo.", "Ada has no siblings."),
        ("Ada has a cat.", "Ada doesn't own a cat."),
    ],
)
def test_opposites_speak_against_each_other(one, other):
    assert contradict(one, other, "Ada")
    assert contradict(other, one, "Ada")
    assert not say_the_same(one, other, subject="Ada", likeness=0.99)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada lives in Oslo.", "Ada lives in Oslo with her dog."),
        ("Ada lives in Oslo.", "Ada works as a nurse."),
        ("Ada loves old maps.", "Ada loves old bread."),
        ("Ada loves old maps.", "Ada hates crowds."),
        ("Ada's dog is called Rex.", "Ada's cat is called Bo."),
        ("Ada lives in Oslo.", "Ben lives in Porto."),
        ("Ada lives in Oslo.", "Ada is moving to Porto in June."),
        ("Ada doesn't eat meat.", "Ada eats bread."),
        ("Ada works as a nurse.", "Ada is a poet."),
        ("Ada is a nurse.", "Ada is a poet."),
        ("Ada is a teacher now.", "Ada works as a maths teacher."),
        ("Ada is a nurse.", "Ada isn't a teacher."),
        ("Ada is a friend of the doctor.", "Ada is a teacher now."),
        ("Ada has a cat.", "Ada no longer has a dog."),
        ("Ada has a sister.", "Ada has no brothers."),
        ("Ada has a brother.", "Ada has no idea."),
        ("Ada has a brother.", "Ada has no children."),
        ("Ada has a daughter.", "Ada has no sons."),
        ("Ada has a daughter.", "Ada has no grandchildren."),
        ("Ada has a son-in-law.", "Ada has no children."),
        ("Ada has a grown daughter.", "Ada has no small children."),
        ("Ada has a cat.", "Ada has no dogs and a cat."),
        ("Ada lives in York.", "Ada no longer lives in Leeds."),
        ("Ada smokes.", "Ada no longer drinks coffee."),
        ("Ada drinks tea.", "Ada no longer drinks."),
        ("Ada drinks tea.", "Ada stopped drinking."),
        ("Ada sings.", "Ada doesn't sing in the choir."),
    ],
)
def test_what_can_both_be_true_does_not(one, other):
    assert not contradict(one, other, "Ada")


def test_a_new_home_replaces_a_dislike_disputes():
    assert replaces("Ada lives in Oslo.", "Ada")
    assert replaces("Ada is a teacher now.", "Ada")
    assert not replaces("Ada is a teacher.", "Ada")
    assert not replaces("Ada hates old maps.", "Ada")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada is moving to Porto in June.", "Ada is moving to Porto in June with her dog.", True),
        ("Ada has two brothers in Oslo.", "Ada has three brothers in Oslo.", False),
        ("Ada's sister lives far in Oslo.", "Ada's brother lives far in Oslo.", False),
        ("Ada met Tom in the old town.", "Ada met Kim in the old town.", False),
        ("Ada hates crowds.", "Ada hates boats.", False),
    ],
)
def test_the_same_is_the_same_thing_of_the_same_things(one, other, same):
    assert say_the_same(one, other, subject="Ada") is same


def test_meaning_tells_where_words_don_t():
    one, other = "Ada is afraid of the sea.", "Ada fears open water."
    assert not say_the_same(one, other, subject="Ada")
    assert say_the_same(one, other, subject="Ada", likeness=0.95)


def test_what_comes_of_something_is_not_the_same_as_that():
    sank, low = "Ada's boat sank in a storm.", "Ada is low because her boat sank in a storm."
    assert not say_the_same(sank, low, subject="Ada", likeness=0.99)
    assert not say_the_same(low, sank, subject="Ada", likeness=0.99)
    assert say_the_same(low, low, subject="Ada")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada is from a family of sailors.", "Ada is from Belgium."),
        ("Ada is from a tiny island.", "Ada is from Belgium."),
        ("Ada comes from money.", "Ada comes from Belgium."),
        ("Ada comes from money.", "Ada comes from the north."),
        ("Ada is from a big family.", "Ada is from a tiny island."),
        ("Ada lives in a van.", "Ada lives in Oslo."),
        ("Ada lives on a farm now.", "Ada lives near Oslo."),
        ("Ada moved to the coast.", "Ada lives in Oslo."),
        ("Ada lives in her sister's flat.", "Ada lives in Oslo."),
        ("Ada was born in 1998.", "Ada was born in Oslo."),
        ("Ada was born in May.", "Ada was born in a small town."),
        ("Ada is a terrible cook.", "Ada is a nurse, not a doctor."),
    ],
)
def test_where_in_the_world_and_what_manner_of_place_both_hold(one, other):
    assert not contradict(one, other, "Ada")
    assert not contradict(other, one, "Ada")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada lives in a van.", "Ada lives in a house."),
        ("Ada lives in the Netherlands.", "Ada lives in Oslo."),
        ("Ada was born in 1998.", "Ada was born in 1999."),
        ("Ada was born in Rome.", "Ada was born in Oslo."),
        ("Ada is a baker.", "Ada is a nurse, not a doctor."),
    ],
)
def test_two_of_one_manner_do_not(one, other):
    assert contradict(one, other, "Ada")
