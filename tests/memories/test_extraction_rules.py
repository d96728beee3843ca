from __future__ import annotations

import pytest

from memories.formation.extraction_rules import extract, tells_of_self
from tests.memories.talking import line, lines


def found(text: str, **fields):
    return extract([line("Ada", text, **fields)]).statements


@pytest.mark.parametrize(
    ("said", "content", "fact_type", "lasts"),
    [
        ("I live in Oslo these days.", "Ada lives in Oslo these days.", "location", "home"),
        ("I work as a nurse.", "Ada works as a nurse.", "work", "job"),
        ("I'm a nurse.", "Ada is a nurse.", "work", "job"),
        ("I'm moving to Porto in June!", "Ada is moving to Porto in June.", "event", "plan"),
        ("My sister Ana is a vet.", "Ada's sister Ana is a vet.", "family", "relationship"),
        ("I'm allergic to peanuts, so no cake.", "Ada is allergic to peanuts.", "general", ""),
        ("I love old maps", "Ada loves old maps.", "preference", ""),
        ("I can't stand loud music", "Ada can't stand loud music.", "preference", ""),
        ("My birthday is on 12 May.", "Ada's birthday is on 12 May.", "general", ""),
        ("I lost my father in 2024.", "Ada lost their father in 2024.", "grief_context", ""),
        ("I'm afraid of deep water.", "Ada is afraid of deep water.", "general", "relationship"),
        ("I used to play the cello.", "Ada used to play the cello.", "general", ""),
        ("I want to learn Norwegian.", "Ada wants to learn Norwegian.", "event", "plan"),
        ("I feel so lonely lately", "Ada feels so lonely lately.", "general", "feeling"),
        ("Walking helps me calm down.", "Walking helps Ada calm down.", "coping_mechanism", ""),
        ("I bake bread on Sundays.", "Ada bakes bread on Sundays.", "hobby", ""),
        ("I'm not a fan of olives.", "Ada is not a fan of olives.", "preference", ""),
        ("I've been running a bakery.", "Ada has been running a bakery.", "work", "job"),
        (
            "My mum's birthday is tomorrow!",
            "Ada's mum's birthday is on 5 March 2026.",
            "family",
            "relationship",
        ),
        (
            "My boyfriend Tom and I are moving in June.",
            "Ada's boyfriend Tom and Ada are moving in June.",
            "family",
            "relationship",
        ),
        ("I hate old maps, to be honest.", "Ada hates old maps.", "preference", ""),
        ("I play the fiddle too.", "Ada plays the fiddle.", "hobby", ""),
        ("Please, call me Addie!", "Ada is called Addie.", "general", ""),
        ("I love painting boats, as well!", "Ada loves painting boats.", "preference", ""),
        ("I don't like olives either.", "Ada doesn't like olives.", "preference", ""),
        ("When I'm sad, I swim.", "When Ada is sad they swim.", "coping_mechanism", ""),
        ("I walk a lot to clear my head.", "Ada walks a lot to clear their head.",
         "coping_mechanism", ""),
        ("Since my father died I sleep badly.", "Since Ada's father died they sleep badly.",
         "grief_context", ""),
        ("I find it hard to trust people.", "Ada finds it hard to trust people.",
         "attachment_pattern", ""),
        ("When people get close, I pull away.", "When people get close Ada pulls away.",
         "attachment_pattern", ""),
        ("I'm always scared of being left.", "Ada is always scared of being left.",
         "attachment_pattern", ""),
    ],
)  # fmt: skip
def test_what_people_tell_of_themselves_is_a_fact(said, content, fact_type, lasts):
    (one,) = found(said)
    assert (one.content, one.fact_type, one.lasts) == (content, fact_type, lasts)
    assert one.subject == "Ada"


@pytest.mark.parametrize(
    "said",
    [
        "Do I live in Oslo?",
        "If I lived in Oslo I'd be happier.",
        'She said "I live in Oslo" and left.',
        "“I work as a nurse,” he read out.",
        "I could eat a horse lol",
        "I'm a dragon, haha",
        "I am not a nurse.",
        "My brother always says the sea is wide.",
        "I love it.",
        "I like that idea.",
        "I love your bread.",
        "I live here.",
        "I'm going to the shop.",
        "Imagine I work as a spy.",
        "Maybe I live in a dream.",
        "I wish I lived in Oslo.",
        "> I live in Oslo",
        "/me I live in Oslo",
        "He told me I work too hard for the bank.",
        "I'm a bit of a fool.",
        "You live in Oslo.",
        "Hello everyone, how are you?",
    ],
)
def test_what_is_no_plain_statement_is_no_fact(said):
    assert found(said) == ()
    assert not tells_of_self(said)


def test_two_statements_of_one_line_are_two():
    assert [s.content for s in found("I enjoy long walks and I bake bread on Sundays.")] == [
        "Ada enjoys long walks.",
        "Ada bakes bread on Sundays.",
    ]


def test_a_hedged_statement_is_trusted_less_than_may_be_said():
    (one,) = found("I think I live in Oslo now, for good.")
    assert one.content.startswith("Ada lives in Oslo")
    assert one.confidence < 0.6


def test_what_was_done_is_an_experience_and_no_fact():
    (one,) = found("I saw a grey heron on the breakwater this morning.")
    assert one.content == ("Ada saw a grey heron on the breakwater on the morning of 4 March 2026.")
    assert one.fact_type == ""


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ("I love old maps.", "personal"),
        ("I lost my father in 2024.", "intimate"),
        ("I have diabetes, you see.", "intimate"),
        ("I owe the bank forty thousand.", "intimate"),
        ("I'm in love with Bram.", "intimate"),
        ("Between us: I'm afraid of the sea.", "full"),
        ("I'm afraid of the sea. Please don't tell anyone.", "full"),
        ("I work as a nurse at St Olav's Hospital.", "personal"),
    ],
)
def test_the_sore_and_the_confided_are_for_fewer(said, level):
    (one,) = found(said)
    assert one.visibility == level


def test_who_and_what_is_named_is_found_with_its_pronoun_and_relation():
    (one,) = found("My sister Ana lives in Lisbon.")
    assert [(n.name, n.kind, n.pronoun) for n in one.named] == [("Ana", "person", "she")]
    assert [(r.subject, r.relation, r.object) for r in one.related] == [("Ana", "sister of", "Ada")]
    (one,) = found("I live in Oslo now.")
    assert [(r.subject, r.relation, r.object) for r in one.related] == [("Ada", "lives in", "Oslo")]
    (one,) = found("My dog is called Rex.")
    assert [(n.name, n.kind) for n in one.named] == [("Rex", "animal")]
    (one,) = found("Everyone calls me Addie.")
    assert one.named[0].aliases == ("Addie",)


@pytest.mark.parametrize(
    ("said", "related"),
    [
        ("My parents moved to Spain.", None),
        ("My dad was working at Nokia.", None),
        ("My father was born in Cork.", None),
        ("My sister is married to Tom.", None),
        ("I used to work for Nokia.", None),
        ("I worked for Nokia for ten years.", None),
        ("I was engaged to Tom, long ago.", None),
        ("I have lived in Paris once or twice.", None),
        ("I have lived in Paris for ten years.", ("lives in", "Paris")),
        ("I've worked at Nokia since 2019.", ("works at", "Nokia")),
        ("I'm working as a nurse at Nokia.", ("works at", "Nokia")),
        ("I recently moved to Spain.", ("lives in", "Spain")),
        ("Since my father died I live in Cork.", ("lives in", "Cork")),
        ("I was born in Cork.", ("was born in", "Cork")),
        ("I grew up in Cork.", ("grew up in", "Cork")),
        ("I'm still married to Tom.", ("married to", "Tom")),
        ("I just got engaged to Tom.", ("engaged to", "Tom")),
        ("I study law at Leiden.", ("studies at", "Leiden")),
    ],
)
def test_a_place_is_the_speakers_where_they_say_it_of_themselves_and_of_now(said, related):
    (one,) = found(said)
    assert [(r.relation, r.object) for r in one.related if r.subject == "Ada"] == (
        [related] if related else []
    )


def test_a_confidence_reaches_the_line_beside_it():
    findings = extract(
        lines(("Ada", "Keep it to yourself."), ("Ben", "Of course."), ("Ada", "I'm a vet."))
    )
    assert {s.content: s.visibility for s in findings.statements} == {"Ada is a vet.": "full"}


def test_notes_say_who_asked_for_what_and_what_is_open():
    findings = extract(
        lines(
            ("Ada", "Could we have some quiet music, please?"),
            ("Ben", "The kettle is on."),
            ("Ada", "When does the last ferry leave on Sundays?"),
        )
    )
    notes = {note.part: note for note in findings.notes}
    assert notes["observation"].content == "Ada asked for quiet music."
    assert notes["observation"].is_public
    assert "When does the last ferry leave on Sundays?" in notes["trajectory"].content


def test_an_answered_question_is_not_open():
    findings = extract(
        lines(("Ada", "When does the last ferry leave?"), ("Ben", "The ferry? At nine."))
    )
    assert not [n for n in findings.notes if n.part == "trajectory"]


def test_nothing_confided_is_noted_for_all():
    findings = extract(
        lines(("Ada", "Between you and me, could we have some whisky?"), ("Ben", "Shh."))
    )
    assert not any(note.is_public for note in findings.notes)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (("My sister lives in Rome. Sorry, I meant Milan.",), []),
        (("I live in Rome, no wait, I live in Milan.",), ["Ada lives in Milan."]),
        (("I have two dogs, sorry, three.",), []),
        (("I live in Rome.", "No, I said Milan, not Rome."), []),
        (("I live in Rome.", "Bram, sorry, I meant Milan."), []),
        (("I live in Rome.", "Sorry, I'm late."), ["Ada lives in Rome."]),
        (("I live in Rome. I mean it.",), ["Ada lives in Rome."]),
        (("Sorry, I live in Rome.",), ["Ada lives in Rome."]),
    ],
)
def test_what_is_taken_back_was_not_told(said, told):
    found = extract([line("Ada", text, n) for n, text in enumerate(said, 1)])
    assert [one.content for one in found.statements] == told


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("I'm allergic to nuts, is that a problem?", ["Ada is allergic to nuts."]),
        ("I'm allergic to nuts is that ok?", ["Ada is allergic to nuts."]),
        ("My sister lives in Rome, have you been there?", ["Ada's sister lives in Rome."]),
        ("I'm a nurse, and you?", ["Ada is a nurse."]),
        ("My mum is in hospital, what should I do?", ["Ada's mum is in hospital."]),
        ("Is my sister in Rome?", []),
        ("My sister lives in Rome, doesn't she?", []),
        ("I live in Rome, is that right?", []),
        ("Do you know my sister, she lives in Rome?", []),
        ("If I'm allergic to nuts, is that a problem?", []),
        ("Where is my sister, do you know?", []),
    ],
)
def test_what_is_told_before_a_question_is_told(said, told):
    assert [one.content for one in found(said)] == told
