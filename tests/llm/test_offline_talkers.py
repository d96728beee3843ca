"""Guests of many kinds: who is new and shy, who plays a part, who has a sad day, who writes as in a
chat. Each kind of line gets an answer of its kind, of any character."""

from __future__ import annotations

import pytest

from fishbowl.llm.offline.deeds import without_deeds
from fishbowl.llm.offline.drafting import Desk
from fishbowl.llm.offline.intents import intent_of
from fishbowl.llm.offline.kinds import asked_after, tells_of
from fishbowl.llm.offline.nearones import near_one, state_of
from fishbowl.llm.offline.people import Hosting
from fishbowl.llm.offline.replies import Replying
from fishbowl.llm.offline.text import words
from fishbowl.llm.offline.viewpoint import said_back, turn
from fishbowl.llm.questions import asks_who_is_here, questions_in
from fishbowl.llm.types import Brief, Line, Listener, Present
from tests.llm.offlinebriefs import answer, bare_brief, brief_of, card, person, say
from tests.llm.test_offline_guests import SEEDS, SLUGS, of_stock, own


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("um is this ok, can i just write here?", "new_here"),
        ("im new. dont know how this works", "new_here"),
        ("what is this place", "place"),
        ("where am I?", "place"),
        ("where do you live?", "lives"),
        ("do you have time to talk", "may_i_ask"),
        ("should i show you one?", "may_come"),
        ("can I come back tomorrow?", "may_come"),
        ("just want to talk", "only_listen"),
        ("no i dont want advice", "only_listen"),
        ("do you know that feeling", "same_feeling"),
        ("do you think she will be angry", "guess"),
        ("Can you keep a secret?", "keeps_it"),
        ("Do you believe me?", "believes"),
        ("Will you come with me tomorrow?", "would_come"),
        ("Will you remember me?", "will_remember"),
        ("do you remember me?", "about_me"),
        ("i got fired today", "grief"),
        ("hi. bad day", "grief"),
        ("I feel like a failure", "grief"),
        ("I got the job!", "good_news"),
        ("do you ever want to leave the island?", "leaves"),
        ("why do you stay here", "leaves"),
        ("do you like living here?", "likes_here"),
        ("what are you afraid of?", "fears"),
        ("do you ever get nervous?", "fears"),
        ("Do you regret anything?", "regrets"),
        ("what do you dream of?", "hopes"),
        ("do you like rain?", "think"),
        ("how was your week?", "today"),
        ("tell me a story about the sea", "story"),
        ("Do you want to hear another story about him?", "may_come"),
        ("what do you want to see?", "hopes"),
        ("will you be here tomorrow?", "will_be"),
        ("would you like to meet her?", "would_come"),
        ("who taught you?", "learned"),
        ("brb", "away"),
        ("im back", "back"),
        ("k", "nod"),
        ("thats right", "nod"),
        ("can i get a beer", "may_come"),
        ("do you think thats dumb", "guess"),
        ("have you got a good memory?", "will_remember"),
    ],
)
def test_it_tells_what_is_wanted(text: str, kind: str) -> None:
    assert intent_of(text).kind == kind


@pytest.mark.parametrize("slug", SLUGS)
def test_who_is_new_is_told_how_it_goes(slug: str) -> None:
    for seed in SEEDS:
        told = answer(brief_of(slug, person("is this ok? im new, how does this work"), seed=seed))
        assert any(key.startswith("stock/new_here/") for key in told.spent), told.text
        told = answer(brief_of(slug, person("im a bit shy"), seed=seed))
        assert any(key.startswith("stock/ill_at_ease/") for key in told.spent), told.text


@pytest.mark.parametrize("slug", SLUGS)
def test_it_says_where_they_are(slug: str) -> None:
    where = {"room": "the-lantern", "room_topic": "The island's only bar."}
    said = say(brief_of(slug, person("what is this place"), seed=1, **where))
    assert "the lantern" in said.lower()
    assert "only bar" in said.lower()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_setback_is_met_with_comfort_and_so_is_what_follows(slug: str) -> None:
    for seed in SEEDS[:4]:
        told = [person("i got fired today", number=1)]
        first = say(brief_of(slug, *told, seed=seed))
        assert not of_stock(first, "news_good"), first
        for text in ("i worked there eleven years", "we have two kids"):
            told += [own("Go on.", card(slug)["name"], len(told) + 1)]
            told += [person(text, number=len(told) + 1)]
            assert Desk(brief_of(slug, *told, seed=seed)).heard.is_sad, text


def test_deeds_between_stars_are_no_words() -> None:
    assert without_deeds("*sits down, wet* Evening all") == ("Evening all", "sits down, wet")
    assert without_deeds("*nods*") == ("nods", "nods")
    assert without_deeds("I *really* mean it, 2*3*4") == (
        "I really mean it, 2*3*4", ""
    )  # fmt: skip


@pytest.mark.parametrize("slug", SLUGS)
def test_what_a_guest_does_is_answered_as_a_deed(slug: str) -> None:
    for seed in SEEDS[:4]:
        said = say(brief_of(slug, person("*sits down and orders a rum*"), seed=seed))
        assert of_stock(said, "deed_sits"), said
        said = say(brief_of(slug, person("*slides a coin across* Do you believe me?"), seed=seed))
        assert of_stock(said, "believes"), said


@pytest.mark.parametrize("slug", SLUGS)
def test_who_tells_nothing_that_happened_is_asked_nothing_on_it(slug: str) -> None:
    """What authors wrote to be asked after a story asks of something that was done or made."""
    asked = set(card(slug)["improv"]["curious"])
    for seed in SEEDS:
        for text in ("I'm a nurse in a big hospital in Leeds, on the third floor", "i like birds"):
            assert say(brief_of(slug, person(text), seed=seed)) not in asked


def test_a_plain_word_is_not_asked_about() -> None:
    for seed in SEEDS:
        said = say(brief_of("bram", person("do people here talk to strangers?"), seed=seed))
        assert not of_stock(said, "unknown_word", word="strangers"), said


@pytest.mark.parametrize(
    ("text", "act", "who"),
    [
        ("My wife is not happy about it", "near_against", "your wife"),
        ("my boss is angry with me", "near_against", "your boss"),
        ("she wont talk to me", "near_silent", "she"),
        ("i had a fight with my little sister", "near_against", "your little sister"),
        ("my dad is in hospital", "near_low", "your dad"),
        ("And my kids are so excited", "near_glad", "your kids"),
    ],
)
def test_it_hears_how_it_is_with_somebody_near(text: str, act: str, who: str) -> None:
    found = near_one(text)
    assert found is not None
    assert (found.act, found.who) == (act, who)


@pytest.mark.parametrize(
    "text",
    ["she will be so disappointed", "my sister lives in Leeds", "is my wife angry?", "he went out"],
)
def test_it_hears_nothing_of_that_in_what_is_not_so(text: str) -> None:
    assert near_one(text) is None


def test_it_hears_how_a_guest_is() -> None:
    assert state_of("I'm so tired today") == "worn_guest"
    assert state_of("sorry, im really bored") == "bored_guest"
    assert state_of("I'm not tired") == state_of("I'm a tyre fitter") == ""


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("what do I do?", "I am a junior software developer in Leeds"),
        ("where am I from", "I come from Cork"),
        ("where am I from", "I'm a carpenter from Malmö"),
        ("am i married", "my husband hates boats"),
        ("what's my sister called", "Ines is my sister"),
        ("what's on Friday?", "I have an exam on Friday"),
        ("what am I allergic to", "I'm allergic to shellfish"),
        ("why am i here?", "i'm visiting my grandmother"),
        ("how long am I staying?", "I'm here for a week"),
        ("what's her name again?", "her name is Marit"),
    ],
)
def test_a_question_on_oneself_meets_what_was_told_in_other_words(question: str, said: str) -> None:
    assert tells_of(asked_after(question), said, question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("what do I do?", "I'm a bit tired"),
        ("what do I do?", "I'm a fan of yours"),
        ("what's on Monday?", "I have an exam on Friday"),
        ("what's my sister called", "my sister is ill"),
        ("what am I allergic to", "I hate mornings"),
        ("what should I do?", "I'm a nurse"),
    ],
)
def test_and_not_what_tells_something_else(question: str, said: str) -> None:
    assert not tells_of(asked_after(question), said, question)


def test_chat_language_is_said_back_with_care() -> None:
    assert said_back("im a nurse and i dont smoke") == "you're a nurse and you don't smoke"
    assert said_back("We have two kids") == "you have two kids"


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("wat do u do", "work"),
        ("who r u", "who_lead"),
        ("u live here?", "lives_here"),
        ("did u miss me", "getting_to_know"),
        ("do u have a bf", "not_written"),
    ],
)
def test_chat_language_is_understood(text: str, act: str) -> None:
    for seed in SEEDS[:4]:
        desk = Desk(brief_of("bram", person(text), seed=seed))
        assert desk.heard.act == "question"
        made = Hosting(desk, Replying(desk)).draft()
        assert made is not None
        keys = {made.act, *(part.key.split("/")[1] for part in made.parts if "/" in part.key)}
        assert act in keys


@pytest.mark.parametrize("text", ["ich bin im Haus und du?", "het is laat, jij ook hoi"])
def test_another_language_is_not_taken_for_chat(text: str) -> None:
    assert Desk(brief_of("bram", person(text))).heard.text == text
    assert intent_of(text).kind == "foreign"


def test_places_are_nobody_who_she_might_be() -> None:
    told = "Odile is the Bartender of The Lantern on Skerry Haven, for half of her life."
    assert turn(told, "Odile", "I") == (
        "I am the Bartender of The Lantern on Skerry Haven, for half of my life."
    )
    assert turn("Odile met Ida, and she went home.", "Odile", "I") is None


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("who's awake?", True), ("who is here right now", True), ("anyone here?", True),
        ("is bram asleep", True), ("where is everybody", True), ("is anybody up?", True),
        ("who lives here?", False), ("is it here?", False), ("are you awake?", False),
        ("I was awake all night", False), ("who is about to win?", False),
        ("is it up to me", False),
    ],
)  # fmt: skip
def test_it_hears_who_asks_who_is_here(text: str, is_so: bool) -> None:
    assert asks_who_is_here(text) == is_so


def test_questions_of_one_line_are_told_apart() -> None:
    assert questions_in("what's my name, and what do I do?") == ["what's my name", "what do I do?"]
    assert questions_in("do you have family? and are you lonely?") == [
        "do you have family?", "and are you lonely?"
    ]  # fmt: skip
    assert questions_in("tea or coffee?") == ["tea or coffee?"]
    assert questions_in("I see. Is it far?") == ["Is it far?"]


def test_two_questions_are_answered_once_each() -> None:
    told = person("I teach in York and my dog is called Rufus", number=1)
    asked = person("whats my dogs name and where do i work", number=3)
    for seed in SEEDS:
        said = say(bare_brief(told, own("I see.", "Mara", 2), asked, seed=seed))
        assert said.count("Rufus") == 1
        assert said.count("York") == 1


def test_asked_again_it_says_that_it_says_it_again() -> None:
    """What would be the same line twice is held back by the guard: silence to who asked."""
    lines: list[Line] = [person("I hate mornings", number=1)]
    heard = set()
    for _ in range(9):
        lines.append(person("what did i tell you about mornings", number=len(lines) + 1))
        said = say(bare_brief(*lines))
        assert "you hate mornings" in said
        heard.add(said)
        lines.append(own(said, "Mara", len(lines) + 1))
    assert len(heard) >= 5


def test_who_is_up_is_said_by_name() -> None:
    brief = Brief(
        speaker="Mara",
        lines=(person("is anyone here"),),
        listeners=(Listener("Ada", is_person=True),),
        addressee="Ada",
        company=(Present("Bo"), Present("Cid", False, "17:00"), Present("Dee", False, "08:30")),
    )
    for seed in SEEDS:
        said = say(bare_brief(*brief.lines, company=brief.company, seed=seed))
        assert "Bo" in said
        assert "Cid sleeps until 17:00 and Dee until 08:30" in said
        assert "me" in words(said) or "i" in words(said)


def test_whose_name_was_told_a_line_later_is_named() -> None:
    said = ("My dog died yesterday.", "His name was Bruno.", "He was fourteen.",
            "My husband says it was only a dog.")  # fmt: skip
    told: list[Line] = []
    for text in said:
        told += [person(text, number=len(told) + 1), own("Oh.", "Mara", len(told) + 2)]
    for seed in SEEDS:
        asked = person("What was my dog's name?", number=20)
        assert "Bruno" in say(bare_brief(*told, asked, seed=seed))
        asked = person("How old was he?", number=20)
        assert "fourteen" in say(bare_brief(*told, asked, seed=seed))
        asked = person("What was my cat's name?", number=20)
        assert "only a dog" not in say(bare_brief(*told[:2], asked, seed=seed))
    assert Desk(bare_brief(*told, person("He stole a bun.", number=20))).heard.is_sad


def test_how_long_it_has_lived_here_is_not_made_up() -> None:
    for seed in SEEDS:
        said = say(brief_of("bram", person("how long have you lived here?"), seed=seed))
        assert "born on Skerry Haven" in said
