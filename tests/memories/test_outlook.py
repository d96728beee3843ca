"""Talk makes opinions, knowledge, things that two share, and what is known of people's manners."""

from __future__ import annotations

from typing import Any

import pytest

from audit.configuration import configuration
from characters.models import (
    CommunicationStyle,
    KnowledgeArea,
    Opinion,
    OpinionEvidence,
    Relationship,
)
from memories.formation import opinions, references, shared, topics
from memories.formation.findings import Discussion
from memories.formation.formation import form, message_changed
from memories.formation.stances import sides, valence
from tests.builders import (
    make_character,
    make_conversation,
    make_message,
    make_opinion,
    make_person,
    make_relationship,
)
from tests.memories.talking import lines, stretch

PRAISE = "The ice house is lovely, I love its cold stone and its honest roof."
BLAME = "The ice house is a ruin, it leaks and rots, and I hate it."


def discussed(*said: tuple[str, str], names: frozenset[str] = frozenset()) -> list[Any]:
    heard = lines(*said)
    return topics.discussed(heard, topics.Vocabulary(names=names), {x.number for x in heard})


def test_a_topic_is_what_a_second_one_takes_up() -> None:
    (found,) = discussed(
        ("Bram", "They want to sell the ice house before winter."),
        ("Odile", "The ice house kept fish for the whole island once."),
    )
    assert (found.topic, found.lines) == ("the ice house", (1, 2))
    assert not discussed(
        ("Bram", "They want to sell the ice house."), ("Bram", "The ice house has a bad roof.")
    )
    assert not discussed(("Bram", "They want to sell the ice house."), ("Odile", "The ice house?"))


def test_no_person_is_a_topic() -> None:
    said = (("Bram", "I like the old Tamsin."), ("Odile", "The old Tamsin drank more tea."))
    assert not discussed(*said, names=frozenset({"tamsin"}))


def test_sides_are_told_by_words_and_by_assent() -> None:
    said = lines(
        ("Bram", "Green paint is rubbish and it leaks poison."),
        ("Odile", "Nonsense."),
        ("Pilar", "Green paint is not bad at all, it works."),
        ("Fenwick", "Aye."),
    )
    topic = topics.Discussed("green paint", (1, 3), (("green", "paint"),))
    taken = {said[one.line - 1].speaker: one.sentiment for one in sides(said, topic)}
    assert taken["Bram"] < -0.4 < 0 < taken["Odile"]
    assert taken["Pilar"] > 0.2
    assert taken["Fenwick"] > 0.1
    assert valence("It isn't good.") < 0 < valence("It isn't bad.")


def test_what_two_say_is_theirs_but_an_echo_is_not() -> None:
    said = lines(
        ("Bram", "That was the night of the velvet lighthouse, we nearly drowned."),
        ("Ada", "The velvet lighthouse! I laughed for a week, I came from Nordvik for it."),
        ("Bram", "We sailed to Nordvik after."),
        ("Odile", "Wooden pelican, you say, and then nothing more of it."),
        ("Pilar", "Wooden pelican?"),
    )
    found = {one.text.lower(): one.kind for one in references.shared(said, ["Bram", "Ada"])}
    assert found == {"velvet lighthouse": "joke", "nordvik": "place"}


@pytest.fixture
def bram() -> Any:
    return make_character("Bram", persona={"openness": 0.9, "agreeableness": 0.6})


@pytest.fixture
def odile() -> Any:
    return make_character("Odile", persona={"openness": 0.9, "agreeableness": 0.6})


def talk(*said: Any, to: Any, **fields: Any) -> Any:
    """A stretch whose lines are messages, formed."""
    conversation = make_conversation()
    rows = [make_message(conversation, who, text) for who, text in said]
    made = stretch(*said, to=to, conversation_id=conversation.pk, **fields)
    from dataclasses import replace

    heard = tuple(
        replace(line, message_id=row.pk, at=row.created_at)
        for line, row in zip(made.lines, rows, strict=True)
    )
    form(replace(made, lines=heard))
    return rows


@pytest.mark.django_db
def test_a_stance_takes_three_discussions_and_may_oppose_anothers(bram, odile) -> None:
    for n in range(3):
        talk((bram, PRAISE), (odile, BLAME), to=(bram, odile))
        assert Opinion.objects.formed().count() == (2 if n == 2 else 0)
    his, hers = Opinion.objects.get(character=bram), Opinion.objects.get(character=odile)
    assert (his.topic, his.discussion_count) == ("the ice house", 3)
    assert his.sentiment > 0.1 > -0.1 > hers.sentiment
    assert his.reasoning.startswith(f"It says: “{PRAISE}”")
    assert f"But Odile: “{BLAME}”" in his.reasoning
    assert 0 < his.confidence < 1
    assert his.formed_at == his.last_reinforced_at


@pytest.mark.django_db
def test_a_locked_opinion_stays(bram, odile) -> None:
    make_opinion(bram, "the ice house", sentiment=-0.9, is_locked=True, discussion_count=0)
    talk((bram, PRAISE), (odile, PRAISE), to=(bram, odile))
    kept = Opinion.objects.get(character=bram)
    assert (kept.sentiment, kept.evidence.count(), kept.discussion_count) == (-0.9, 0, 1)


@pytest.mark.django_db
def test_what_is_said_in_private_moves_a_mind_but_is_quoted_nowhere(bram) -> None:
    ada = make_person("Ada")
    make_opinion(bram, "the ice house")
    talk((ada, BLAME), (bram, "The ice house is a ruin, yes, I hate it."), to=(bram,),
         is_private=True)  # fmt: skip
    assert OpinionEvidence.objects.exists()
    assert not OpinionEvidence.objects.exclude(quote="").exists()
    assert Opinion.objects.get().reasoning == ""
    assert Opinion.objects.count() == 1


@pytest.mark.django_db
def test_what_is_taken_back_was_never_argued(bram) -> None:
    ada = make_person("Ada")
    for _ in range(3):
        rows = talk((ada, BLAME), (bram, PRAISE), to=(bram,))
    before = Opinion.objects.get()
    assert "Ada" in before.reasoning
    message_changed(rows[0].pk, None)
    assert not OpinionEvidence.objects.filter(message=rows[0]).exists()
    assert Opinion.objects.get().sentiment > before.sentiment
    opinions.unlearn([], ada.pk)
    after = Opinion.objects.get()
    assert "Ada" not in after.reasoning
    OpinionEvidence.objects.all().delete()
    opinions.unlearn([rows[1].pk])
    assert Opinion.objects.exists()  # nothing of it was touched


@pytest.mark.django_db
def test_an_opinion_that_rests_on_nobody_else_goes_with_them(bram, odile) -> None:
    ada = make_person("Ada")
    talk((ada, BLAME), (odile, "The ice house is where the ferry lands, isn't it so?"),
         to=(bram,))  # fmt: skip
    assert Opinion.objects.get().character == bram
    opinions.unlearn([], ada.pk)
    assert not Opinion.objects.exists()


@pytest.mark.django_db
def test_knowledge_grows_by_talk_with_who_knows_more(bram, odile) -> None:
    KnowledgeArea.objects.create(character=bram, topic="ice house", expertise_level=0.9)
    hers = KnowledgeArea.objects.create(
        character=odile, topic="ice house", expertise_level=0.2, passion=0.2
    )
    make_relationship(odile, bram, trust=0.9)
    locked = KnowledgeArea.objects.create(
        character=odile, topic="tides", expertise_level=0.2, is_locked=True
    )
    talk((bram, PRAISE), (odile, PRAISE), to=(bram, odile))
    hers.refresh_from_db()
    assert (hers.evidence_count, hers.is_learned) == (1, False)
    assert 0.23 < hers.expertise_level < 0.28
    assert hers.passion > 0.2
    locked.refresh_from_db()
    assert locked.evidence_count == 0


@pytest.mark.django_db
def test_what_was_often_talked_of_becomes_something_one_knows(bram, odile) -> None:
    for _ in range(5):
        talk((bram, PRAISE), (odile, BLAME), to=(bram, odile))
    learned = KnowledgeArea.objects.get(character=bram)
    assert (learned.topic, learned.is_learned, learned.evidence_count) == ("the ice house", True, 5)


@pytest.mark.django_db
def test_two_come_back_to_what_they_share(bram) -> None:
    ada = make_person("Ada")
    bond = make_relationship(bram, ada)
    said = ("That was the night of the velvet lighthouse, we nearly drowned.",
            "The velvet lighthouse! I told everybody at home of it.")  # fmt: skip
    rows = talk((bram, said[0]), (ada, said[1]), to=(bram,))
    (entry,) = Relationship.objects.get().shared_references
    assert (entry["text"], entry["count"], entry["confidence"]) == ("velvet lighthouse", 1, 0.0)
    assert entry["messages"] == [row.pk for row in rows]
    assert shared.spoken_of([entry], 2) == ()
    talk((ada, "I dreamt of our velvet lighthouse again."), to=(bram,))
    bond.refresh_from_db()
    assert bond.shared_references[0]["count"] == 2
    assert shared.spoken_of(bond.shared_references, 2) == ("velvet lighthouse",)
    shared.unlearn([rows[0].pk])
    bond.refresh_from_db()
    assert bond.shared_references == []


@pytest.mark.django_db
def test_what_everybody_says_is_between_no_two(bram) -> None:
    configuration.set_value("outlook", "shared_by", 2)
    configuration.forget_cached()
    ada, bob = make_person("Ada"), make_person("Bob")
    make_relationship(bram, ada)
    make_message(make_conversation(), bob, "Oh, the velvet lighthouse.")
    talk((bram, "That was the night of the velvet lighthouse."),
         (ada, "The velvet lighthouse, I told everybody of it."), to=(bram,))  # fmt: skip
    assert Relationship.objects.get().shared_references == []


@pytest.mark.django_db
def test_a_manner_is_learned_of_who_may_be_remembered(bram) -> None:
    ada = make_person("Ada")
    for _ in range(4):
        talk((bram, "Tell me about the harbour."), (ada, "yeah lol its fine"), to=(bram,))
    learned = CommunicationStyle.objects.get(character=None)
    assert (learned.person, learned.samples_collected) == (ada, 4)
    with_bram = CommunicationStyle.objects.get(character=bram)
    assert (with_bram.person, with_bram.samples_collected) == (ada, 4)
    assert learned.preferred_length == "short"
    assert learned.preferred_formality < 0.4
    assert learned.engagement_signals["short"] == [4, 4]
    from dataclasses import replace

    quiet = stretch((make_person("Eve"), "I say so much."), to=(bram,))
    form(replace(quiet, lines=tuple(replace(x, is_off_record=True) for x in quiet.lines)))
    assert CommunicationStyle.objects.count() == 2


def test_a_discussion_needs_two_voices_in_a_models_answer() -> None:
    from memories.formation.extraction import Observed, checked

    said = lines(("Bram", "Larch is the best wood there is."), ("Odile", "Oak outlives larch."))
    levels = dict.fromkeys((1, 2), "public")
    answer = Observed.model_validate(
        {
            "opinions": [
                {"topic": "Larch", "speaker": "Bram", "lines": [1], "sentiment": 0.9,
                 "reason": "Larch is the best wood"},
                {"topic": "larch", "speaker": "Odile", "lines": [2], "sentiment": -0.3,
                 "reason": "she was once hurt by it in Paris"},
                {"topic": "oak", "speaker": "Odile", "lines": [2], "sentiment": 0.5},
                {"topic": "larch", "speaker": "Nobody", "lines": [1], "sentiment": 0.5},
            ],
            "references": [{"text": "larch", "kind": "joke", "lines": [1, 2]},
                           {"text": "best wood", "lines": [1, 2]}],
            "feelings": [{"line": 1, "emotion": "joy", "intensity": 0.7},
                         {"line": 9, "emotion": "joy", "intensity": 0.7}],
        }
    )  # fmt: skip
    found = checked(answer, said, levels)
    (one,) = found.discussions
    assert isinstance(one, Discussion)
    assert (one.topic, one.lines) == ("larch", (1, 2))
    assert [(s.line, s.sentiment, s.quote) for s in one.sides] == [
        (1, 0.9, "Larch is the best wood"),
        (2, -0.3, ""),
    ]
    assert [r.text for r in found.references] == ["larch"]
    assert [f.line for f in found.feelings] == [1]
