"""The offline voice says what comes to mind, with who said it and when, or that nothing does."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import pytest

from fishbowl.llm.offline.intents import intent_of
from fishbowl.llm.offline.viewpoint import said_back
from fishbowl.llm.offline.voice import speak
from fishbowl.llm.types import Brief, Line, Listener, Recollection

LINE = Recollection(
    "Ada said: “I moved to Porto in May.”",
    said_by="Ada",
    words="I moved to Porto in May.",
    when="last Tuesday",
)
FACT = Recollection("Ada is allergic to walnuts.", said_by="Ada", when="in June")
HEARSAY = Recollection("Bo is afraid of dogs.", said_by="Bo")


def answer(question: str, *memories: Recollection, seed: int = 1, asks: str = "Ada") -> str:
    brief = Brief(
        speaker="Mara",
        lines=(Line(1, asks, question, 3.0, "person"),),
        addressee=asks,
        is_addressed=True,
        listeners=(Listener(asks, is_person=True),),
        memories=memories,
        seed=seed,
    )
    return speak(brief)[0]


@pytest.mark.parametrize("seed", range(8))
def test_a_line_is_said_back_to_who_said_it(seed):
    assert "you moved to Porto in May" in answer("Where did I move to?", LINE, seed=seed)


@pytest.mark.parametrize("seed", range(8))
def test_a_line_of_another_is_quoted_with_its_name(seed):
    said = answer("What did Ada tell you?", LINE, seed=seed, asks="Theo")
    assert "Ada" in said
    assert "I moved to Porto in May" in said


@pytest.mark.parametrize("seed", range(8))
def test_what_was_told_goes_with_its_teller(seed):
    assert "you are allergic to walnuts" in answer("What am I allergic to?", FACT, seed=seed)
    said = answer("Do you remember what Bo fears?", HEARSAY, seed=seed)
    assert said.count("Bo") >= 2
    assert "afraid of dogs" in said


@pytest.mark.parametrize("seed", range(8))
def test_its_own_words_answer_for_itself_alone(seed):
    own = Recollection(
        "Mara said: “The ferry can keep its secrets.”",
        said_by="Mara",
        words="The ferry can keep its secrets.",
        fit=0.9,
    )
    assert "secrets" not in answer("What secret did Ada tell you?", own, seed=seed, asks="Theo")
    assert "secrets" in answer("What did you say of the ferry?", own, seed=seed, asks="Theo")


@pytest.mark.parametrize(
    "question",
    [
        "Do you remember where I moved?",
        "what's my dog called?",
        "What did I tell you about Porto?",
        "Do you remember Zed?",
    ],
)
def test_nothing_is_made_up_where_nothing_is_remembered(question):
    for seed in range(12):
        said = answer(question, seed=seed).lower()
        assert any(
            owned in said
            for owned in ("remember", "memory", "nothing comes", "it's gone", "told me", "miss it")
        ), said


def test_a_question_on_the_past_is_told_from_others():
    assert intent_of("What is my sister's name?").kind == "recall"
    assert intent_of("did I tell you about the boat?").kind == "recall"
    assert intent_of("do you know my brother?").kind == "know"
    assert intent_of("who are you?").kind == "who_are_you"


def test_words_in_the_second_person_are_not_said_back():
    assert said_back("I'm sure I lost my key") == "you're sure you lost your key"
    assert said_back("I told you so") is None


# --- what is known of people, confided, and worn --------------------------------------------------


@pytest.mark.parametrize(
    "question",
    [
        "What do you know about me?",
        "do you remember me?",
        "Who am I?",
        "tell me what you know of me",
        "What have I told you?",
    ],
)
def test_who_asks_after_themselves_hears_what_is_known_of_them(question):
    facts = ("Ada's cat is called Juniper.", "Theo likes tea.", "Ada works as a nurse.")
    brief = Brief(
        speaker="Mara",
        lines=(Line(1, "Ada", question, 3.0, "person"),),
        addressee="Ada",
        is_addressed=True,
        facts=facts,
    )
    for seed in range(6):
        said, _ = speak(replace(brief, seed=seed))
        assert "our cat is called Juniper" in said
        assert "ou work as a nurse" in said
        assert "Theo" not in said


def test_who_asks_after_themselves_and_is_unknown_is_told_so():
    assert intent_of("What do you know about me?").kind == "about_me"
    assert "Juniper" not in answer("What do you know about me?")


def in_talk(question: str, *said: tuple[str, str], **more) -> list[str]:
    """What it answers Ada, over several seeds, to a question after these lines of the same talk."""
    lines = [
        Line(number, who, text, 90.0 - number, "person")
        for number, (who, text) in enumerate((*said, ("Ada", question)))
    ]
    brief = Brief(
        speaker="Mara", lines=tuple(lines), addressee="Ada", is_addressed=True,
        listeners=(Listener("Ada", is_person=True), Listener("Theo", is_person=True)), **more,
    )  # fmt: skip
    return [speak(replace(brief, seed=seed))[0] for seed in range(8)]


POTTER = ("Ada", "Mara, I work as a potter in Lisbon and my sister is called Mina. Do you like it?")


def test_what_was_told_a_moment_ago_is_known():
    for said in in_talk("What do you know about me?", POTTER, ("Theo", "I keep nine bees.")):
        assert "ou work as a potter in Lisbon and your sister is called Mina" in said
        assert "bees" not in said
        assert "like it" not in said
    for said in in_talk("Mara, what is my sister called?", POTTER):
        assert "your sister is called Mina" in said
        assert "just now" in said or "told me" in said or "said" in said
    for question in ("What did Theo tell of the bees?", "What did Theo tell me of his bees?"):
        for said in in_talk(question, ("Theo", "Between us, I keep my bees here.")):
            assert "my bees" not in said  # it may not have been for Ada


@pytest.mark.parametrize(
    ("question", "answered"),
    [
        ("where did we find my dog?", "found him at the harbour"),
        ("when did my dog get lost?", "lost last night"),
        ("why did I miss my train?", "because of the rain"),
        ("where do I work?", "in the old mill"),
    ],
)
def test_of_several_things_in_one_line_the_one_that_was_asked_for_is_told(
    question: str, answered: str
) -> None:
    told = (
        ("Ada", "my dog Pepper got lost last night, we found him at the harbour"),
        ("Ada", "I work nights, I work in the old mill"),
        ("Ada", "I missed my train, I missed my train because of the rain"),
    )
    assert all(answered in text for text in in_talk(question, *told))


def test_what_is_known_already_is_not_told_twice():
    known = ("Ada works as a potter in Lisbon.",)
    heard = (("Ada", "I work as a potter in Lisbon."), ("Ada", "I swim in the harbour."))
    for said in in_talk("What do you know about me?", *heard, facts=known):
        assert said.count("potter") == 1
        assert "ou swim in the harbour" in said


@pytest.mark.parametrize(
    "question", ["What do you know about me?", "Where did I lose my house?", "What did I lose?"]
)
def test_what_is_off_the_record_is_brought_up_by_nobody(question):
    lines = (
        Line(1, "Ada", "I sail on Sundays with my uncle.", 90.0, "person"),
        Line(2, "Ada", "I lost my house at cards in March.", 60.0, "person", is_off_record=True),
        Line(3, "Ada", question, 3.0, "person"),
    )
    brief = Brief(speaker="Mara", lines=lines, addressee="Ada", is_addressed=True)
    on_record = replace(brief, lines=(lines[0], replace(lines[1], is_off_record=False), lines[2]))
    for seed in range(8):
        assert "cards" not in speak(replace(brief, seed=seed))[0]
        assert "at cards in March" in speak(replace(on_record, seed=seed))[0]


def test_who_says_something_off_the_record_is_told_that_it_goes_no_further():
    said = "Mara, I owe the bank on the square a lot of money. Don't remember that."
    line = Line(1, "Ada", said, 3.0, "person", is_off_record=True)
    brief = Brief(speaker="Mara", lines=(line,), addressee="Ada", is_addressed=True, move="reply")
    heard = {speak(replace(brief, seed=seed))[0].lower() for seed in range(24)}
    assert len(heard) > 2
    for answer in heard:
        assert not re.search(r"bank|money|won't forget|remember|write that down|mind", answer)


def test_the_past_answers_a_question_on_it():
    told = ("Ada", "Mara, I grew up on a farm near Porto and I hate boats.")
    for said in in_talk("Where did I grow up?", told, ("Ada", "I went to the baths today.")):
        assert "you grew up on a farm near Porto" in said


@pytest.mark.parametrize(
    "line",
    [
        "I sell shoes at https://shoes.example and I like it.",
        "I sell shoes with <@123> and @everyone.",
        "I sell **shoes** and [hats](http://hats.example).",
    ],
)
def test_of_a_line_with_a_link_or_a_mention_nothing_is_said_back(line):
    for question in ("What do you know about me?", "What did I say about shoes?"):
        assert not any(
            "shoes" in said.lower() and "sell" in said for said in in_talk(question, ("Ada", line))
        )


def test_another_thing_of_theirs_is_no_answer():
    for said in in_talk("What is my dog called?", POTTER):
        assert "Mina" not in said


@pytest.mark.parametrize(
    "line", ["I think it rains too much.", "I'll be off to bed then.", "Mara, do I know you?"]
)
def test_what_is_said_in_passing_tells_nothing_of_who_says_it(line):
    for said in in_talk("What do you know about me?", ("Ada", line)):
        assert not any(word in said for word in ("rain", "bed", "know me"))


def test_who_told_it_something_is_answered_first():
    """Not with what it had to say itself."""
    told = ("Ada", "Mara, I paint boats for a living.")
    brief = Brief(
        speaker="Mara", lines=(Line(1, *told, 3.0, "person"),), addressee="Ada", is_addressed=True,
        listeners=(Listener("Ada", is_person=True, trust=0.9),), to_tell=NEWS,
    )  # fmt: skip
    assert not any("sextant" in speak(replace(brief, seed=seed))[0] for seed in range(20))
    aside = replace(brief, is_addressed=False)
    assert any("sextant" in speak(replace(aside, seed=seed))[0] for seed in range(20))


NEWS = Recollection("Ada found a sextant under the chapel stairs.", "they don't know it yet")


def talking(**more):
    return Brief(
        speaker="Mara",
        lines=(Line(1, "Bo", "The ferry was late again this morning.", 3.0),),
        addressee="Bo",
        listeners=(Listener("Bo", trust=0.9),),
        **more,
    )


def test_what_there_is_to_tell_is_told_now_and_then():
    told = [speak(talking(to_tell=NEWS, seed=seed))[0] for seed in range(40)]
    assert 12 < sum("found a sextant under the chapel stairs" in said for said in told) < 36
    untold = [speak(talking(seed=seed))[0] for seed in range(40)]
    assert not any("sextant" in said for said in untold)


@pytest.mark.parametrize(
    ("said", "kind", "move"),
    [
        ("Where did you put the kettle?", "character", "reply"),
        ("Goodbye, all.", "character", "farewell"),
        ("I want to die.", "person", "reply"),
        ("What is my cat called?", "person", "reply"),
    ],
)
def test_nothing_is_confided_to_who_wants_something_else(said, kind, move):
    brief = Brief(speaker="Mara", lines=(Line(1, "Bo", said, 3.0, kind),), move=move, to_tell=NEWS)
    assert not any("sextant" in speak(replace(brief, seed=seed))[0] for seed in range(20))


def test_what_everybody_says_is_said_less():
    before = [speak(talking(seed=seed))[0] for seed in range(60)]
    often, times = Counter(before).most_common(1)[0]
    assert times > 1
    after = [speak(talking(seed=seed, worn=(often,)))[0] for seed in range(60)]
    assert after.count(often) < times
