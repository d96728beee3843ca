"""What a line only mentions is no talk of it: titles of works, words of others, words of any talk.
All of it pure."""

from __future__ import annotations

import pytest

from memories.formation import outlook
from memories.formation.echo import repeats
from memories.formation.mentions import matter
from memories.formation.stances import valence
from memories.formation.topics import Vocabulary, form_of
from memories.reflection.life import Aim, Life, Spoken, Who
from memories.reflection.talk import notice
from tests.builders import NOON
from tests.memories.talking import lines

TITLES = frozenset({"the harbour"})


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("I write at night now: “The Harbour”, a song.", ""),
        ("“the harbour” is done, the song. it begins: “i know a thing”", ""),
        ("I've finished *The Harbour*, and it rhymes.", ""),
        ("The harbour is full of ice.", "The harbour is full of ice."),
        ("“Talk of the harbour”, as somebody once said.", "…, as somebody once said."),
        # who tells a tale says all of it between marks
        ('She grins. "The harbour is mine, and I love it."',) * 2,
    ],
)
def test_what_a_line_quotes_or_calls_a_work_is_not_its_matter(text: str, left: str) -> None:
    assert matter(text, TITLES) == left


def quotes(*said: tuple[str, str]) -> dict[str, list[str]]:
    """What is discussed in some lines, with the reasons given in them."""
    keys = {
        "clocks and time": ["clock", "time", "late", "hand"],
        "the ice house": ["company", "covenant"],
        "weather": ["fog", "cold"],
    }
    known = Vocabulary({t: tuple(form_of(k) for k in [t, *v]) for t, v in keys.items()})
    heard = lines(*said)
    found = outlook.discussions(heard, known, {line.number for line in heard})
    return {one.topic: [side.quote for side in one.sides if side.quote] for one in found}


def test_a_reason_names_its_topic_by_words_that_tell_it() -> None:
    assert quotes(
        ("Ignatius", "A clock that loses time is a clock that remembers somebody."),
        ("Bram", "His tiller's on my wall, Odile, any time you want it."),
        ("Nneka", "Nobody asleep was ever helped by looking at a clock."),
        ("Pilar", "I've hot soup in this hand, Ignatius, and it is late."),
    ) == {
        "clocks and time": [
            "A clock that loses time is a clock that remembers somebody.",
            "Nobody asleep was ever helped by looking at a clock.",
        ]
    }
    assert quotes(
        ("Fenwick", "I have no entry for the cold store."),
        ("Sorrel", "nope, i hid in the cold store until the boss left"),
    ) == {"weather": []}


def test_that_one_has_an_opinion_is_a_side_and_no_reason() -> None:
    told = quotes(
        ("Ignatius", "On the whole I think well of the ice house."),
        ("Fenwick", "I may claim some knowledge of the ice house."),
        ("Odile", "The ice house kept the fish of four families."),
    )
    assert told == {"the ice house": ["The ice house kept the fish of four families."]}
    assert valence("I've come to be fond of it.") > 0.5
    assert valence("I'd like to believe in it. I can't quite.") < -0.5


def test_a_piece_of_a_longer_memory_is_retold() -> None:
    memory = (
        "Fenwick said: “The bishop was to bless the boats, and asked me for a fine afternoon. I "
        "regretted that I could offer nothing until the Thursday. He came on the Tuesday "
        "notwithstanding, and was rained upon in full canonicals before the whole quay.”"
    )
    said = "In Fenwick's own words: “The bishop was to bless the boats, and asked me for a fine"
    assert repeats(memory, f"{said} afternoon. I regretted that I could offer nothing.”")
    assert not repeats(memory, "The boats want tar, Fenwick, and no bishop ever helped with that.")


def test_nobody_keeps_coming_back_to_the_title_of_a_work() -> None:
    me, ben = Who("c", 1), Who("c", 2)
    told = (
        "I've begun a song. “The Harbour”, I call it.",
        "I write at night now: “The Harbour”, a song.",
        "“The Harbour” is done, the song. It begins: “The harbour sleeps”",
    )
    talked = ("The harbour sleeps.", "Nobody dredges the harbour.", "I was born by the harbour.")

    def understood(said: tuple[str, ...]) -> list[str]:
        heard = [
            Spoken(n, ben, text, NOON, talk=n, matter=matter(text, TITLES))
            for n, text in enumerate(said)
        ]
        life = Life(
            me=me, name="Ada", since=NOON, now=NOON, names={me: "Ada", ben: "Ben"}, lines=heard
        )
        return [one.subject for one in notice(life)]

    assert "returns:c2:harbour" in understood(talked)
    assert not understood(told)


def test_of_what_one_knows_of_a_thing_nothing_follows() -> None:
    assert not quotes(
        ("Ignatius", "The ice house's something I do know about."),
        ("Fenwick", "What I know of the ice house would fit on a coaster."),
    )["the ice house"]


def test_what_was_agreed_is_no_reason() -> None:
    for text in (
        "Count me in, Pilar: meet here tomorrow evening and talk of the night sky.",
        "It's settled among us now: keep every Tuesday evening here for clocks.",
        "There is a custom here. Whoever sees the ferry's lights chooses the next round.",
    ):
        assert matter(text, ()) == ""
    assert matter("We agreed that the ice house was cold.", ())


def test_a_goal_is_not_of_what_it_names_beside() -> None:
    me, ben, cleo = (Who("c", n) for n in (1, 2, 3))
    aim = Aim(1, "Mend the third stay of the mast before the winter.", "", 0.0, "keeper", None, "",
              False, NOON, None, None)  # fmt: skip

    def touched(thing: str) -> bool:
        heard = [
            Spoken(n, (ben, cleo)[n % 2], text, NOON, talk=n, matter=text)
            for n, text in enumerate(f"Nobody ever paid for {thing} number {n}." for n in range(6))
        ]
        life = Life(me=me, name="Ada", since=NOON, now=NOON, lines=heard, aims=[aim],
                    names={me: "Ada", ben: "Ben", cleo: "Cleo"})  # fmt: skip
        return "goal:1" in [one.subject for one in notice(life)]

    assert touched("the mast")
    assert not touched("the winter")


def test_what_talk_turns_warm_over_is_told_with_a_line_that_says_something() -> None:
    me, ben = Who("c", 1), Who("c", 2)
    said = ["Yes yes yes."] * 3 + ["I love every plank of that old boat."] * 3 + ["A boat."] * 6
    tones = [0.9] * 3 + [0.5] * 3 + [0.0] * 6
    heard = [
        Spoken(n, ben, text, NOON, tone=tone, talk=n, topic="boats", matter=text)
        for n, (text, tone) in enumerate(zip(said, tones, strict=True))
    ]
    cold = [Spoken(99 + n, ben, "It rains.", NOON, tone=-0.1, talk=99) for n in range(20)]
    life = Life(
        me=me, name="Ada", since=NOON, now=NOON, names={me: "Ada", ben: "Ben"}, lines=heard + cold
    )
    (told,) = [one.content for one in notice(life) if one.subject == "tone:boats"]
    assert told.endswith("the warmest from Ben: “I love every plank of that old boat.”")
