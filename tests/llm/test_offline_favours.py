"""What guests ask to have done or lent."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.favours import asks_favour, invites
from fishbowl.llm.offline.intents import intent_of
from tests.llm.offlinebriefs import answer, bare_brief, brief_of, person
from tests.llm.test_offline_anybody import SLUGS

FAVOURS = (
    "could somebody help me carry a piano?", "can you keep an eye on my bag?",
    "would anybody lend me a coat?", "will you pass me the salt please?",
    "would you mind holding my umbrella?", "can you tell Bram that I was here?",
    "can I borrow your pen?", "please look after my dog for an hour", "could you wake me at seven",
    "could you hold this?", "lend me ten crowns", "could you help me?",
)  # fmt: skip
NONE = (
    "can you swim?", "can you tell me about the mill?", "could you live without us?",
    "do you mind the rain?", "would you miss me?", "can you remember my name?", "who can help me?",
    "did you help my sister?", "my brother will help me", "could you explain my mistake?",
    "would you mind telling me your name?", "has anyone seen my dog?", "can I have a beer?",
    "can you give me some advice?", "can you see seals from the beach?", "hold on",
)  # fmt: skip


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("asked", FAVOURS)
def test_a_favour_is_declined_and_nothing_is_promised(slug: str, asked: str) -> None:
    for seed in range(3):
        made = answer(brief_of(slug, person(asked), seed=seed))
        assert any(key.startswith("stock/favour/") for key in made.spent), made.text


@pytest.mark.parametrize("said", NONE)
def test_what_may_be_said_or_told_is_no_favour(said: str) -> None:
    assert not asks_favour(said)


@pytest.mark.parametrize(
    "said", ["does anyone want to play cards with me?", "would anybody like to come along?"]
)
def test_who_asks_anybody_along_is_answered_as_that(said: str) -> None:
    assert invites(said)
    for seed in range(4):
        made = answer(bare_brief(person(said), seed=seed))
        assert any(key.startswith("stock/would_come/") for key in made.spent), made.text


def test_what_is_known_of_a_thing_is_known_of_the_thing() -> None:
    assert intent_of("what do you know of the mill?").about == "the mill"
