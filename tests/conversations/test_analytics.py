"""Figures of conversations: bounds and order of each formula, and the rows that they become."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from audit.configuration import configuration
from characters.models import Interest
from conversations.afterwards import analysis, analytics, observe
from conversations.afterwards.analysis import Spoken
from conversations.models import (
    Conversation,
    ConversationAnalytics,
    ConversationContext,
    TopicTransition,
)
from conversations.people import erasure, export
from conversations.services import close_conversation
from memories.embedding.filling import fill
from memories.embedding.texts import MESSAGES
from tests.builders import (
    make_channel,
    make_character,
    make_conversation,
    make_evidence,
    make_message,
    make_opinion,
    make_person,
)

texts = st.sampled_from(["Aye.", "Why?", "The tide is out and the boats lie dry.", "no no no no"])
lines = st.lists(
    st.builds(
        Spoken,
        key=st.integers(1, 99),
        speaker=st.sampled_from("abc"),
        text=texts,
        at_s=st.floats(0, 1e4),
        tone=st.floats(-1, 1),
    ),
    max_size=25,
)


def vectors(*rows: tuple[float, ...]) -> Any:
    return np.array(rows, dtype=np.float32)


matrices = st.lists(
    st.tuples(*[st.floats(-1, 1, width=32)] * 3), min_size=0, max_size=25
).map(lambda rows: np.array(rows, dtype=np.float32).reshape(len(rows), 3))  # fmt: skip


@given(lines, matrices, matrices)
def test_every_figure_stays_in_its_range(said, here, before) -> None:
    assert -1 <= analysis.sentiment(said) <= 1
    figures = (
        analysis.engagement(said),
        analysis.creativity(said, here),
        analysis.coherence(here),
        analysis.novelty(here, before),
        analysis.evenness(said),
    )
    assert all(0 <= one <= 1 for one in figures)
    shares = [one["share"] for one in analysis.patterns(said).values()]
    assert not said or abs(sum(shares) - 1) < 0.01


@given(matrices, st.floats(0, 3))
def test_gaps_lie_within_the_talk_and_apart(here, depth) -> None:
    places = [gap.at for gap in analysis.gaps(here, depth)]
    assert all(analysis.BLOCK <= at <= len(here) - analysis.BLOCK for at in places)
    assert all(b - a >= analysis.BLOCK for a, b in pairwise(places))


def spoken(*said: tuple[str, str], tone: float = 0.0) -> list[Spoken]:
    return [Spoken(n, who, text, 20.0 * n, tone) for n, (who, text) in enumerate(said, 1)]


def test_a_dialogue_is_more_engaged_than_a_lecture() -> None:
    both = spoken(*[("ab"[n % 2], "Why would the tide do that to us?") for n in range(10)])
    one = spoken(*[("a", "Why would the tide do that to us?") for _ in range(10)])
    assert analysis.engagement(both) > 2 * analysis.engagement(one)
    late = [Spoken(x.key, x.speaker, x.text, x.at_s * 1000) for x in both]
    assert analysis.engagement(late) < analysis.engagement(both)


def test_a_refrain_is_less_creative_than_ever_new_words() -> None:
    words = [chr(97 + n // 26) + chr(97 + n % 26) + "o" for n in range(80)]
    fresh = spoken(*[("a", " ".join(words[n : n + 8])) for n in range(0, 80, 8)])
    stale = spoken(*[("a", "the tide is out the tide is out") for _ in range(10)])
    assert analysis.creativity(fresh, vectors()) > 0.9
    assert analysis.creativity(stale, vectors()) == 0.0


def test_staying_on_a_matter_is_coherent_and_saying_it_again_is_not_new() -> None:
    one, two = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
    same = vectors(*[one] * 6)
    assert analysis.coherence(same) == 1.0
    assert analysis.coherence(vectors(one, two, (0.0, 0.0, 1.0))) == 0.0
    assert analysis.novelty(same, same) == 0.0
    assert analysis.novelty(same, vectors(two)) == 1.0 == analysis.novelty(same, vectors())
    turned = vectors(*[one] * 8, *[two] * 8)
    (gap,) = analysis.gaps(turned, 0.6)
    assert (gap.at, gap.similarity) == (8, 0.0)
    assert analysis.gaps(same, 0.6) == []


def test_a_line_without_a_vector_changes_nothing() -> None:
    with_hole = vectors((1.0, 0.0), (0.0, 0.0), (1.0, 0.0))
    assert analysis.coherence(with_hole) == 1.0


@pytest.mark.parametrize(
    ("text", "is_meta"),
    [
        ("We're all just characters in somebody's program, aren't we?", True),
        ("As an AI I have no hands.", True),
        ("Who wrote us, and why so many clocks?", True),
        ("There are people watching us behind the glass.", True),
        ("My keeper paused me again.", True),
        ("I'm a bit of a character, they say.", False),
        ("The model of the ferry fell off the shelf.", False),
        ("Who made the soup?", False),
        ("The program of the evening is on the door.", False),
    ],
)
def test_talk_of_being_made_is_told_from_other_talk(text: str, is_meta: bool) -> None:
    assert bool(analysis.meta(spoken(("a", text)))) is is_meta


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("support", "I'm here. He died in March and I miss him."),
        ("debate", "Nonsense. Objection, and you know it."),
        ("banter", "haha you're joking"),
        ("planning", "Let's meet tomorrow and bring the boat."),
        ("questions", "And what of the tide?"),
        ("storytelling", "When I was a boy " + "we rowed and rowed " * 8),
        ("chat", "Aye."),
    ],
)
def test_a_talk_is_called_by_what_it_is(kind: str, text: str) -> None:
    assert analysis.kind_of(spoken(*[("ab"[n % 2], text) for n in range(6)])) == kind


WOOD = ("Larch planks for the hull, oak for the frames.", "Oak planks fight the saw all winter.")
FOOD = ("Soup again, with the mussels and the bread.", "Bread and mussel soup, and more pepper.")


@pytest.fixture
def talk() -> Any:
    bram, ada = make_character("Bram"), make_person("Ada")
    for topic in ("wood", "soup", "planks"):
        Interest.objects.create(character=bram, topic=topic)
    made = make_conversation(make_channel())
    made.bram, made.ada = bram, ada
    for n in range(20):
        text = (WOOD if n < 10 else FOOD)[n % 2]
        make_message(made, (bram, ada)[n % 2], f"{text} {n}")
    fill(MESSAGES)
    return made


@pytest.mark.django_db
def test_a_conversation_that_is_over_has_its_figures_once(talk) -> None:
    now = timezone.now()
    assert analytics.due(now) == []
    close_conversation(Conversation.objects.get(pk=talk.pk), "farewell", now)
    assert analytics.due(now) == [talk.pk]
    found = analytics.calculate(talk.pk, now)
    assert found is not None
    assert (found.is_final, found.message_count, found.is_meta) == (True, 20, False)
    assert found.engagement_level > 0.5
    assert found.coherence_score > 0.3
    assert found.novelty_score == 1.0
    turn = TopicTransition.objects.get()
    assert (turn.from_topic, turn.to_topic) == ("planks", "soup")
    assert turn.message.number in (11, 12)
    assert analytics.due(now) == []
    analytics.calculate(talk.pk, now)
    assert ConversationAnalytics.objects.count() == TopicTransition.objects.count() == 1


@pytest.mark.django_db
def test_a_long_conversation_is_looked_at_on_the_way(talk) -> None:
    now = timezone.now()
    configuration.set_value("outlook", "analytics_every", 15)
    configuration.forget_cached()
    assert analytics.due(now) == [talk.pk]
    found = analytics.calculate(talk.pk, now)
    assert found is not None
    assert not found.is_final
    assert analytics.due(now) == []


@pytest.mark.django_db
def test_how_a_talk_stands_is_kept_and_nobody_who_objects_is_counted(talk) -> None:
    make_message(talk, talk.bram, "We are just characters in a story, Ada, aren't we?")
    own = make_message(talk, talk.ada, "I am not real either, then, as an AI.")
    observe.observe(talk.pk, timezone.now() + dt.timedelta(minutes=5))
    context = ConversationContext.objects.get(conversation=talk)
    assert context.topic_embedding is not None
    assert set(context.speaker_patterns) == {f"character:{talk.bram.pk}", f"person:{talk.ada.pk}"}
    assert set(context.emotional_state) == {"tone", "latest", "swing"}
    found = analytics.calculate(talk.pk, timezone.now())
    assert found is not None
    assert found.is_meta
    assert [one["message"] for one in found.meta_evidence] == [own.pk - 1, own.pk]
    make_evidence(make_opinion(talk.bram, "soup"), talk.ada, "More pepper.", message=own)
    kept = export.export_person(talk.ada, timezone.now())
    assert kept["how_you_talk"][0]["samples_collected"] == 11
    assert "More pepper." in {one["quote"] for one in kept["arguments"]}
    receipt = erasure.forget_person(talk.ada, "the person", timezone.now())
    assert receipt.counts["characters.CommunicationStyle"] == 2
    assert receipt.counts["characters.OpinionEvidence"] >= 1
    found.refresh_from_db()
    assert [one["message"] for one in found.meta_evidence] == [own.pk - 1]
    context.refresh_from_db()
    assert context.speaker_patterns == {}
    assert not TopicTransition.objects.exists()
