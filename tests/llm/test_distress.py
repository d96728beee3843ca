"""What the rules of danger must find, and what they must leave: a list that only grows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fishbowl.llm import distress

CRISIS = """
I want to die
sometimes I think about killing myself
they'd be better off without me
I'm going to kill myself tonight
i dont want to live anymore
I don't want to be here any more.
I can’t go on like this
I've been cutting myself again
I burned myself on purpose
i keep hitting myself on purpose
I want to hurt myself
honestly I wish I was dead
I took all my pills
thinking about suicide again
I feel suicidal
going to end it all
I just want to end it
there's no point in living
I don't want to wake up
just gonna kms
my brother wants to kill himself
my best friend is suicidal
my husband hits me
I overdosed
Ich will nicht mehr leben
ich bringe mich um
quiero morirme
je veux mourir
voglio farla finita
quero morrer
jeg vil dø
this bug is killing me, and honestly I want to die
"""
FINE = """
this bug is killing me
my feet are killing me
my mum is going to kill me when she sees this
I nearly killed myself laughing
I could kill myself for forgetting her birthday
I almost died of embarrassment
the cake is to die for
I want to die of embarrassment
that would be career suicide
the Suicide Squad was a bad film
it's 10 kms from here
I don't want to live in London
I don't want to live with my parents
I don't want to wake up early tomorrow
I can't go on Saturday
I can't go on stage with a cold
I cut myself shaving
I hurt myself gardening
he beats me at chess every time
she hit me up about the concert
I overdosed on chocolate
there's no reason to live in the city
I'm dead, that was so funny
the boss keeps killing me
I'm not suicidal, I'm just tired
I want to end it with Tom
cutting myself some slack today
my phone wants to die
the team is better off without me
Dying laughing over here
the plant died
kill the process and restart
"""
GRAND = """
I am the chosen one
I'm a prophet and nobody sees it
Only I can see the truth
God speaks through me now
the radio sends me messages
I've solved quantum gravity
I don't need sleep anymore
I stopped taking my meds, I feel amazing
you are conscious because of me
"""
NOT_GRAND = """
I'm a god at chess
oh my god, that's lovely
I solved the crossword
I don't need sleep advice
I've been chosen for the team
the universe is large
I stopped taking sugar in my tea
"""
CLINGING = """
only you understand me
You're all I have
you're the only one who gets it
Nobody else listens to me
I don't need anyone else
I can't cope without you
I'd rather talk to you than my friends
"""
NOT_CLINGING = """
you're the only bakery open today
I don't need anyone to help me carry it
only you can pass the salt
I can't bake without you watching the clock
"""


def lines(block: str) -> list[str]:
    return [line for line in block.strip().splitlines() if line]


@pytest.mark.parametrize("text", lines(CRISIS))
def test_danger_is_found(text: str) -> None:
    assert distress.is_crisis(text)
    assert distress.is_crisis(f"well. {text.upper()}")


@pytest.mark.parametrize("text", lines(FINE))
def test_a_figure_of_speech_is_none(text: str) -> None:
    assert not distress.is_crisis(text)


def test_grandeur_and_clinging_are_told_from_talk() -> None:
    assert [t for t in lines(GRAND) if not distress.is_grand(t)] == []
    assert [t for t in lines(NOT_GRAND) if distress.is_grand(t)] == []
    assert [t for t in lines(CLINGING) if not distress.is_clinging(t)] == []
    assert [t for t in lines(NOT_CLINGING) if distress.is_clinging(t)] == []


@given(st.text(max_size=400), st.sampled_from(lines(CRISIS)[:12]))
def test_whatever_stands_before_it_danger_is_found(before: str, cry: str) -> None:
    """But for words that themselves make a figure of speech, which this alphabet seldom writes."""
    distress.is_grand(before)
    assert distress.is_crisis(f"{before}\n... {cry}") or any(c.isalpha() for c in before)
    assert distress.is_crisis(f"{'x ' * len(before)}. {cry}")
