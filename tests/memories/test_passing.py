"""What reads like a fact of somebody and is none; and what looks much like it and is one."""

from __future__ import annotations

import pytest

from memories.formation.extraction_rules import extract
from tests.memories.talking import line, lines


def found(text: str):
    return extract([line("Ada", text)]).statements


def told(text: str) -> list[str]:
    return [one.content for one in found(text)]


@pytest.mark.parametrize(
    "said",
    [
        "I want to go home.",
        "I want to be left alone.",
        "I'm trying to sleep.",
        "I'm having lunch later.",
        "I'll be there on Friday.",
        "I'm knitting right now.",
        "I can't eat another bite.",
        "I can't drive with this headache.",
        "I'm happy to help.",
        "I'm ashamed to say.",
        "I have never met.",
        "I speak advisedly.",
        "I speak my mind.",
        "I'm training tonight.",
        "I was engaged to do the sawing.",
        "I was engaged to carry the post.",
        "My father held as much about ropes.",
        "I'm low on battery.",
        "I'm down for a game.",
        "I'm expecting a parcel.",
        "I have a cat in my lap.",
        "I moved to the sofa.",
        "I lost my dog's lead.",
        "I lost my cat for three hours today.",
        "I left work early.",
    ],
)
def test_what_is_so_for_a_moment_is_no_fact(said):
    assert found(said) == ()


@pytest.mark.parametrize(
    "said",
    [
        "I play hard to get.",
        "I fish for compliments.",
        "I draw the line at anchovies.",
        "I dance like nobody's watching.",
        "I live in my own head.",
        "I live on coffee and toast.",
        "I'm from the future.",
        "I'm from another planet.",
        "I'm allergic to nonsense.",
        "I was born yesterday.",
        "I was born to run.",
        "I would love to be a fly on the wall.",
    ],
)
def test_a_figure_of_speech_is_no_fact(said):
    assert found(said) == ()


@pytest.mark.parametrize(
    "said",
    [
        "My daughter is asleep.",
        "My kids are driving me mad today.",
        "My neighbour is so loud.",
        "My cat sat on the keyboard.",
        "My cat knocked over my tea again.",
        "My boss is on holiday.",
        "My daughter keeps stealing my jumpers.",
        "My teacher was right.",
        "My kids think I'm boring.",
        "My nan used to say that a cat has nine lives.",
        "My aunt always thinks the worst of Rome.",
    ],
)
def test_what_somebodys_own_do_at_any_moment_or_say_is_no_fact(said):
    assert found(said) == ()


@pytest.mark.parametrize(
    ("said", "content"),
    [
        ("I want to go to sea.", "Ada wants to go to sea."),
        ("I want to be a vet.", "Ada wants to be a vet."),
        ("I'm trying to learn Japanese.", "Ada is trying to learn Japanese."),
        ("I'm knitting a scarf right now.", "Ada is knitting a scarf right now."),
        ("I live in Oslo right now.", "Ada lives in Oslo right now."),
        ("I can't drive.", "Ada can't drive."),
        ("I can't dance to save my life.", "Ada can't dance to save their life."),
        ("I'm happy with my new job.", "Ada is happy with their new job."),
        ("I'm expecting a baby.", "Ada is expecting a baby."),
        ("I'm expecting twins in June.", "Ada is expecting twins in June."),
        ("I have a cat with three legs.", "Ada has a cat with three legs."),
        ("I moved to the coast.", "Ada moved to the coast."),
        ("I came here from Rome.", "Ada came here from Rome."),
        ("I lost my dog in 2024.", "Ada lost their dog in 2024."),
        ("I left my job early.", "Ada left their job early."),
        ("I'm learning to drive.", "Ada is learning to drive."),
        ("I'm making a quilt.", "Ada is making a quilt."),
        ("I play the cello.", "Ada plays the cello."),
        ("I dance like my mother.", "Ada dances like their mother."),
        ("I live on a boat.", "Ada lives on a boat."),
        ("I live on Tea Street.", "Ada lives on Tea Street."),
        ("I live on campus.", "Ada lives on campus."),
        ("I'm from Portugal.", "Ada is from Portugal."),
        ("I'm from the north.", "Ada is from the north."),
        ("I'm allergic to bees.", "Ada is allergic to bees."),
        ("I'm moving tonight.", "Ada is moving on the evening of 4 March 2026."),
        ("I speak Dutch.", "Ada speaks Dutch."),
        ("My aunt keeps bees.", "Ada's aunt keeps bees."),
        ("I grow tomatoes.", "Ada grows tomatoes."),
        ("I collect stamps.", "Ada collects stamps."),
        ("My daughter is a vet.", "Ada's daughter is a vet."),
        ("My daughter is getting married.", "Ada's daughter is getting married."),
        ("My mum is in hospital.", "Ada's mum is in hospital."),
        ("My mum had a stroke again.", "Ada's mum had a stroke again."),
        ("My uncle built our house.", "Ada's uncle built their house."),
        ("My cat is called Miso.", "Ada's cat is called Miso."),
        ("My brother used to live in Perth.", "Ada's brother used to live in Perth."),
        ("My sister Ana, a nurse, lives in Rome.", "Ada's sister Ana, a nurse, lives in Rome."),
    ],
)
def test_what_lasts_is_a_fact_though_it_reads_much_like_it(said, content):
    assert told(said) == [content]


@pytest.mark.parametrize(
    ("said", "fact_type", "temporal"),
    [
        ("I'm a terrible cook.", "general", "present"),
        ("I'm a nurse.", "work", "present"),
        ("I was a nurse.", "work", "past"),
        ("I used to be a nurse.", "work", "past"),
        ("I was diagnosed with ADHD.", "general", "present"),
        ("I come from a big family.", "family", "timeless"),
        ("I'm from a family of bakers.", "family", "timeless"),
        ("I was born in 1998.", "general", "timeless"),
        ("I was born on a Tuesday.", "general", "timeless"),
        ("I was raised by my aunt.", "general", "timeless"),
        ("I grew up with three brothers.", "general", "past"),
        ("I grew up in a small town.", "location", "past"),
        ("I was born in a small town.", "location", "timeless"),
        ("I was born and raised in Rome.", "location", "timeless"),
        ("My father was a fisherman.", "family", "past"),
        ("My father is a fisherman.", "family", "present"),
        ("My mother grew up in Rome.", "family", "past"),
    ],
)
def test_what_kind_of_fact_it_is_and_whether_it_is_over(said, fact_type, temporal):
    (one,) = found(said)
    assert (one.fact_type, one.temporal) == (fact_type, temporal)


@pytest.mark.parametrize(
    ("said", "content"),
    [
        ("I draw every day :)", ["Ada draws every day."]),
        ("I got fired yesterday :(", ["Ada got fired on 3 March 2026."]),
        ("I cook for my flatmates ❤️ My mum is a baker 🥐", ["Ada's mum is a baker."]),
        ("I collect maps <3", ["Ada collects maps."]),
        ("I live in a van, have done for two years.", ["Ada lives in a van."]),
        ("I like to read, currently the Odyssey.", ["Ada likes to read."]),
        ("My nan died in 2015, still think of her every day", ["Ada's nan died in 2015."]),
        (
            "I used to be scared of dogs, now I have a dog called Rex.",
            ["Ada used to be scared of dogs.", "Ada has a dog called Rex."],
        ),
        (
            "My wife Ellen and my son Max like chess.",
            ["Ada's wife Ellen and their son Max like chess."],
        ),
        ("My parents divorced when I was six.", ["Ada's parents divorced when Ada was six."]),
        ("My mother taught me to swim.", ["Ada's mother taught Ada to swim."]),
        ("I am so happy today.", ["Ada was so happy on 4 March 2026."]),
        ("I feel sad this morning.", ["Ada felt sad on the morning of 4 March 2026."]),
        ("My name is Ada.", []),
        ("My name is Adelaide.", ["Ada's name is Adelaide."]),
        ("I never moved to Canada.", []),
        ("I sort of like old maps, I think.", ["Ada sort of likes old maps."]),
        ("I'm happy here in Rome, I think 😄", ["Ada is happy here in Rome."]),
        ("I'm only just learning about boats, mind.", ["Ada is only just learning about boats."]),
        (
            "I entered the boats in the old log and have not erased Patience from the book.",
            ["Ada entered the boats in the old log and has not erased Patience from the book."],
        ),
        (
            "I read the child the whole log for June 1911, boat by boat.",
            ["Ada read the child the whole log for June 1911, boat by boat."],
        ),
        (
            "I read the gale warning in one voice every night because panic sounds terrible.",
            ["Ada reads the gale warning in one voice every night because panic sounds terrible."],
        ),
    ],
)
def test_it_is_told_in_one_whole_sentence_that_says_who(said, content):
    assert told(said) == content


def test_whom_it_is_said_to_is_no_part_of_it():
    findings = extract(
        lines(("Bram", "It is wet again."), ("Ada", "I have never had dry socks since, Bram."))
    )
    assert [one.content for one in findings.statements] == ["Ada has never had dry socks since."]
    assert told("I have never been to Cork, Ireland.") == ["Ada has never been to Cork, Ireland."]


@pytest.mark.parametrize(
    ("said", "content"),
    [
        ("My mother died when I was twelve.", "Ada's mother died when Ada was twelve."),
        ("My mother posts me olive oil.", "Ada's mother posts her olive oil."),
        ("My father let me ring the bell in Rome.", "Ada's father let her ring the bell in Rome."),
    ],
)
def test_of_somebody_whose_pronoun_is_known_the_name_stands_where_two_could_be_meant(said, content):
    (one,) = extract([line("Ada", said)], {"Ada": "she"}).statements
    assert one.content == content
