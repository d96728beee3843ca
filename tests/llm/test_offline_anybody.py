"""What guests ask of anybody, or of the place by saying "you"."""

from __future__ import annotations

import re

import pytest

# from import put_to_anybody
from fishbowl.llm.offline.anybody import put_to_anybody
from fishbowl.llm.offline.stock import STOCK
from fishbowl.llm.questions import is_question
from fishbowl.llm.types import Line
from tests.llm.offlinebriefs import WORLD, bare_brief, brief_of, card, character, person, say

SLUGS = sorted(path.stem for path in WORLD.glob("*.yaml"))
LORE = (
    "The school stands on the hill and has one teacher. Storms come in from the west in November. "
    "One can swim in the harbour at high water.",
)
_YES_OR_NO = re.compile(
    r"\W*(?:yes|no|yeah|yep|nope|never|hardly|obviously|undoubtedly|regrettably|once)\b",
    re.IGNORECASE,
)


def untold(slug: str) -> set[str]:
    """The ways in which a character says that it doesn't know."""
    own = card(slug)["improv"]["unsure"]
    general = [f.text for act in ("no_telling", "no_telling_of") for f in STOCK[act]]
    return {
        " ".join(re.findall(r"\w+", text.lower())) for text in [*own, *general] if "{" not in text
    }


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    "question",
    ["did anybody drown here?", "has anyone seen my dog?", "does everybody here get along?",
     "is somebody in the mill?", "did nobody notice the fire?", "do any of you speak French?",
     "has someone been asking for me", "was everyone at the wedding?"],
)  # fmt: skip
def test_of_anybody_no_yes_or_no_is_made_up(slug: str, question: str) -> None:
    for seed in range(6):
        said = say(brief_of(slug, person(question), seed=seed))
        assert not _YES_OR_NO.match(said), said


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    "question",
    [
        "is it deep there?",
        "did your boat leak?",
        "was she old?",
        "were the others there?",
        "who was with you?",
        "how many were there?",
        "when was that?",
        "do you still have it?",
    ],
)
def test_no_yes_no_name_or_number_of_the_stock_is_said_to_a_guest(slug: str, question: str) -> None:
    acts = ("yes", "no", "yes_do", "no_do", "who", "where", "when", "how_many", "how_long", "still")
    made_up = {f.text.strip().rstrip(".!").lower() for act in acts for f in STOCK[act]}
    for seed in range(6):
        mine = character("We were out by the wreck.", card(slug)["name"], ago=30.0)
        said = say(brief_of(slug, mine, person(question, number=2), seed=seed))
        assert said.strip().rstrip(".!").lower() not in made_up


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("do you have wifi?", "is there wifi?"),
        ("so do you guys have a school", "is there a school"),
        ("have you got a policeman on the island?", "is there a policeman on the island?"),
        ("do you get many storms?", "is there storms?"),
        ("can you swim in the harbour?", "can one swim in the harbour?"),
        ("do you sell bread here?", "does one sell bread here?"),
        ("do you have to pay for the ferry?", "does one have to pay for the ferry?"),
        ("are you open on Sundays?", "is it open on Sundays?"),
        ("where can you buy milk?", "where can one buy milk?"),
        ("how do you get to the church?", "how does one get to the church?"),
    ],
)
def test_what_is_so_of_the_place_is_asked_of_anybody(question: str, asks: str) -> None:
    assert put_to_anybody(question) == asks


@pytest.mark.parametrize(
    "question",
    ["do you have any brothers?", "do you have a dog?", "do you have a minute?", "can you swim?",
     "do you have to go?", "are you open to ideas?", "do you get much sleep?", "where do you live?",
     "can you see the harbour from your window?", "can you help me across the street?",
     "where do you buy your boots?", "how do you make bread?", "do you have plans for tonight?",
     "do you take sugar?", "did you have a good night?", "do you have a favourite colour?"],
)  # fmt: skip
def test_what_is_so_of_the_one_who_is_asked_is_asked_of_that_one(question: str) -> None:
    assert put_to_anybody(question) == question


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("do you have a school?", "The school stands on the hill"),
        ("can you swim in the harbour?", "One can swim in the harbour at high water"),
        ("do you get many storms in November?", "Storms come in from the west in November"),
    ],
)
def test_what_lore_tells_of_the_place_is_told(question: str, told: str) -> None:
    for seed in range(4):
        assert told.lower() in say(bare_brief(person(question), lore=LORE, seed=seed)).lower()


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize(
    "question",
    ["do you have wifi?", "can you fly kites on the roof?", "do you get many zebras?",
     "do you sell tractors here?", "do you take cards?", "where can you buy a tractor?"],
)  # fmt: skip
def test_what_is_told_nowhere_of_the_place_is_said_not_to_be_known(
    slug: str, question: str
) -> None:
    thing = next(w for w in ("wifi", "zebras", "tractor", "kites", "cards") if w in question)
    words_of = re.compile(
        rf"\b{thing}\b|\b(?:told|know|guess|rather not|read it|say|idea)\b", re.IGNORECASE
    )
    for seed in range(6):
        said = say(brief_of(slug, person(question), seed=seed))
        plain = " ".join(re.findall(r"\w+", said.lower()))
        assert words_of.search(said) or plain in untold(slug), said


def test_two_questions_are_not_one_that_is_asked_again() -> None:
    """Each is said not to be known in words of its own, for as long as there are any."""
    lines: list[Line] = []
    said: list[str] = []
    for number, question in enumerate(
        (
            "is the mill haunted?",
            "does the church leak?",
            "did the king visit?",
            "was the pier longer?",
        )
    ):
        asked = person(question, number=2 * number + 1)
        said.append(say(brief_of("odile", *lines, asked)))
        lines += [asked, character(said[-1], "Odile", 2 * number + 2)]
    assert len(set(said)) == len(said)
    assert not any("again" in one or "already" in one or "I've said" in one for one in said)


@pytest.mark.parametrize("line", ["does everybody here get along", "did nobody notice the fire"])
def test_who_leaves_the_mark_out_asks_as_well(line: str) -> None:
    assert is_question(line)


def test_how_long_it_takes_is_no_question_on_what_was_just_said() -> None:
    mine = character("A fellow from the mainland had supper here.", "Odile", ago=30.0)
    asked = person("How long does it take to get to the mainland?", number=2)
    for seed in range(6):
        said = say(brief_of("odile", mine, asked, seed=seed))
        assert "weather service" not in said
        assert "know" in said or "told" in said or "guess" in said, said


def test_asked_of_another_nothing_is_quoted_that_was_meant_for_them() -> None:
    meant = card("odile")["improv"]["to"]["bram"]
    for seed in range(30):
        said = say(brief_of("odile", person("do you know Bram?"), seed=seed))
        assert not any(line.rstrip(".") in said for line in meant)
