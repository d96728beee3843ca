"""What guests tell of their day and of themselves is answered as what it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fishbowl.llm.offline.news import news_of
from fishbowl.llm.offline.presuming import presumes
from tests.llm.offlinebriefs import WORLD, answer, bare_brief, brief_of, card, person, say

SLUGS = sorted(path.stem for path in WORLD.glob("*.yaml"))
SEEDS = range(3)

TOLD = {
    "news_relief": """
        my dog Pepper got lost last night, we found him at the harbour
        I lost my phone on the bus but somebody turned up with it, it turned up at the office
        my dog was sick but he's ok now
        we found it in the end, it was stolen
        the laptop was broken and my brother fixed it
    """,
    "news_bad": """
        i lost my keys again
        Missed my bus, ugh
        just made pancakes and burned half of them
        my flight got cancelled so i'm stuck at the airport
        my phone won't charge
        my laptop died
        the train was delayed so i walked
        didn't sleep at all
        I've got a terrible headache. i had a headache all day
        oh, and I spilled my coffee on the keyboard
    """,
    "news_grave": """
        our house burned down
        i crashed my car
        My cat ran away yesterday
        we broke up with each other
        I got into a fight last night
        i got in trouble at work
        my boyfriend and i had a fight
        i hate myself
        i don't know what to do with my life
    """,
    "news_good": """
        i finally passed my driving test today!!
        we won 3-1!!
        I got the job!
        just got engaged
        we got a puppy
        yay, i got an a in maths
        So I managed to run ten kilometres
    """,
    "news_learning": """
        i've been learning the guitar for two months now
        I'm teaching myself to knit
        we started taking swimming lessons
    """,
    "news_made": """
        just baked bread for the first time
        yesterday i painted my room blue
        I wrote a poem
        Finally fixed the tap
    """,
    "news_seen": """
        we watched the northern lights from the roof yesterday
        i saw a fox in the garden this morning
        I tried sushi
        went to a concert last night
    """,
    "news_coming": """
        my sister is visiting from Lisbon this weekend
        an old friend is coming over
    """,
    "birthday_wish": """
        it's my birthday today!
    """,
    "birthday_soon": """
        i turn 30 tomorrow
    """,
    "feast_wish": """
        happy new year everyone
        happy friday
    """,
    "sleepless": """
        i can't sleep
    """,
    "what_a_day": """
        what a day
    """,
    "told_work": """
        i work at a hospital
        I'm a nurse
        i'm studying biology
    """,
    "told_from": """
        i'm from Brazil
    """,
    "told_has": """
        i have two cats
    """,
    "told_at_it": """
        i'm reading dune at the moment
    """,
    "told_fond": """
        my favourite food is ramen
        i love this song
    """,
    "told_dislike": """
        i hate mondays
    """,
    "told_no": """
        hmm i disagree
    """,
    "told_view": """
        i think cats are better than dogs
    """,
    "": """
        i love you
        I love this place
        I have a question
        i'm playing with the idea of quitting
        i think you're lying
        happy birthday sorrel!
        i'm studying for my finals
        i nearly lost my wallet
        I never won anything
        if i won the lottery i'd buy a boat
        I wish I had passed
        I saw that coming
        saw you yesterday
        i saw a therapist
        i went to bed late
        I finished work
        i made it home
        I made it up
        we made friends with a crow
        did you lose your keys?
        have you ever won a prize?
        I found a lump
        i tried my best
        they got the job
        the election was stolen
        I lost weight
        My dog is called Rufus
        I learned that from you
    """,
}
LINES = [(act, line.strip()) for act, lines in TOLD.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("act", "line"), LINES)
def test_it_is_known_for_what_it_is(act: str, line: str) -> None:
    assert news_of(line) == act


@pytest.mark.parametrize(
    ("act", "line"), [(act, lines.split("\n")[1].strip()) for act, lines in TOLD.items() if act]
)
def test_the_characters_answer_it_in_kind(act: str, line: str) -> None:
    answers = [answer(brief_of(x, person(line), seed=seed)) for x in SLUGS for seed in (1, 2)]
    of_kind = "comfort/" if act == "news_grave" else f"stock/{act}/"  # in the author's own words
    fitting = [any(of_kind in key for key in told.spent) for told in answers]
    assert sum(fitting) > 2 / 3 * len(fitting), [told.text for told in answers]


def test_two_characters_rarely_say_the_same_to_it() -> None:
    told = "just baked bread for the first time"
    said = [say(brief_of(slug, person(told), seed=seed)) for slug in SLUGS for seed in SEEDS]
    assert len(set(said)) > len(said) / 2


@pytest.mark.parametrize(
    "line", ["my grandma died last week", "I lost my husband two years ago", "I got fired today"]
)
def test_a_loss_is_no_mishap(line: str) -> None:
    for seed in SEEDS:
        told = answer(replace(bare_brief(person(line)), seed=seed))
        assert not any("news_" in key for key in told.spent), told.text


@pytest.mark.parametrize("slug", SLUGS)
def test_asked_what_they_do_for_fun_they_name_what_is_near_to_them(slug: str) -> None:
    brief = brief_of(slug, person("what do you all do for fun here?"))
    said = say(brief).lower()
    assert any(topic.lower() in said for topic, _ in brief.interests[:6]), said
    assert "grief" not in said


FELL = "once I fell in a canal in Utrecht and lost my left shoe, and I walked home in the snow"


@pytest.mark.parametrize(
    ("reaction", "told", "is_so"),
    [
        ("Wait, go back, who was holding the ladder?", FELL, True),
        ("Wait, go back, who was holding the ladder?", "The ladder slipped and I fell.", False),
        ("Which leg?", FELL, True),
        ("Which shoe?", FELL, False),
        ("And him, did he ever come back for it?", FELL, True),
        ("And him, did he ever come back for it?", "A man with a hat took it.", False),
        ("What'd your mother say?", FELL, True),
        ("Did you ever go back?", FELL, False),
        ("Which bit did you notice first?", FELL, False),
        ("Ah. I'll just put this cloth down.", FELL, False),
    ],
)
def test_it_knows_what_a_reaction_presumes(reaction: str, told: str, is_so: bool) -> None:
    assert presumes(reaction, told) == is_so


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_is_asked_of_a_guest_s_story_that_was_not_in_it(slug: str) -> None:
    improv = card(slug)["improv"]
    unfit = [x for act in ("curious", "touched") for x in improv[act] if presumes(x, FELL)]
    for seed in range(40):
        said = say(brief_of(slug, person(FELL), seed=seed))
        assert not any(x.rstrip("?.! ") in said for x in unfit), said
