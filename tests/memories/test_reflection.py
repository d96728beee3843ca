"""Characters think over what they lived through: when, what they make of it, and what stays."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from audit.calls.budgets import BudgetExhausted
from audit.configuration.configuration import pause_society
from audit.models import Budget
from characters.models import (
    Character,
    CharacterState,
    Community,
    Goal,
    Insight,
    InsightLink,
    LearningEvent,
    Reflection,
    SelfModification,
)
from characters.services import pause_character
from conversations.models import Conversation
from conversations.people.erasure import forget_person
from conversations.people.export import export_person
from fishbowl.llm.chat import Endpoint, close_clients
from memories.models import Derivation, Memory
from memories.reflection import aims, sweep, thinking
from memories.reflection.claims import ReflectionRefused, alone
from memories.reflection.rules import ReflectionRules
from tests.builders import (
    NOON,
    make_budget,
    make_channel,
    make_character,
    make_conversation,
    make_insight,
    make_memory,
    make_message,
    make_person,
    make_relationship,
    make_relationship_event,
    spent,
)
from tests.modelserver import ModelServer, reply

HOUR = dt.timedelta(hours=1)
SOUP = (
    "The soup at the ferry was cold again.",
    "I had the soup, and it was a good soup.",
    "Nobody makes the soup as my aunt did.",
    "I could talk about the soup for hours.",
    "Tell me, who stirred the soup?",
)


# --- when -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gathered", "hours", "is_stirred", "why"),
    [
        (149.0, 5.0, False, None),
        (150.0, 5.0, False, "importance"),
        (150.0, None, False, "importance"),
        (400.0, 2.0, True, None),  # it has only just thought
        (20.0, 5.0, True, "event"),
        (20.0, 25.0, False, "interval"),
        (0.0, 25.0, True, None),  # nothing is new
        (20.0, None, True, None),
    ],
)
def test_it_reflects_when_enough_has_gathered_or_something_stirred_it(
    gathered: float, hours: float | None, is_stirred: bool, why: str | None
) -> None:
    last = None if hours is None else NOON - hours * HOUR
    assert thinking.reason(gathered, last, is_stirred, NOON, ReflectionRules()) == why


# --- one reflection -------------------------------------------------------------------------------


@pytest.fixture
def ada() -> Character:
    return make_character("Ada", goals=("Mend the old boat before winter.",))


def hear(owner: Character, by: Character, text: str, talk: Conversation, at: dt.datetime) -> Memory:
    message = make_message(talk, by, text, at=at)
    return make_memory(
        owner,
        f"{by.name} said: “{text}”",
        text=text,
        kind="conversation",
        occurred_at=at,
        source_message_id=message.pk,
        source_conversation_id=talk.pk,
        visibility="public",
    )


def live(ada: Character, ben: Character, cleo: Character, at: dt.datetime) -> list[Memory]:
    """Five talks in which Ben comes back to the soup, and never answers Ada."""
    room, heard = make_channel(), []
    for n, text in enumerate(SOUP):
        talk = make_conversation(room, status="closed", topic="the ferry")
        heard += [
            hear(ada, ben, text, talk, at + n * HOUR),
            hear(ada, cleo, f"Mind the {n}th step, it is wet.", talk, at + n * HOUR),
            hear(
                ada, ada, "Ben, where did your aunt keep her recipes?", talk, at + (n + 0.1) * HOUR
            ),
        ]
    bonds = [make_relationship(ada, ben), make_relationship(ada, cleo)]
    for bond, number in zip(bonds, (12, 3), strict=True):
        for _ in range(number):
            make_relationship_event(bond, occurred_at=at + HOUR)
    return heard


@pytest.mark.django_db(transaction=True)
def test_what_somebodys_words_do_leads_to_how_one_stands_to_them(ada: Character) -> None:
    ben, cleo = make_character("Ben"), make_character("Cleo")
    live(ada, ben, cleo, NOON - 6 * HOUR)
    bond = ada.relationships.get(to_character=ben)
    for _ in range(4):
        make_relationship_event(bond, occurred_at=NOON - HOUR, delta_trust=0.04)
    lifts, weighs = (
        make_insight(
            ada,
            f"Ben's words {does} Ada.",
            insight_type="mood",
            subject=f"mood:c{ben.pk}|{stance}",
            about_character=ben,
            discovery_date=NOON - 30 * HOUR,
            memory=make_memory(
                ada,
                f"Ben's words {does} Ada.",
                kind="insight",
                community_id=bond.community_id,
            ),
        )
        for does, stance in (("lift", 1), ("weigh on", -1))
    )
    reflection = thinking.reflect(ada.pk, NOON, forced=True)
    assert reflection is not None
    grown = reflection.insights.get(subject__startswith="grown:trust")
    kinds = InsightLink.objects.filter(from_insight__in=[lifts, weighs])
    assert [(x.from_insight, x.to_insight, x.relationship_type) for x in kinds] == [
        (lifts, grown, "leads_to")
    ]


@pytest.mark.django_db(transaction=True)
def test_it_understands_what_its_memories_bear_out_once_and_keeps_the_evidence(
    ada: Character,
) -> None:
    ben, cleo = make_character("Ben"), make_character("Cleo")
    heard = live(ada, ben, cleo, NOON - 6 * HOUR)
    state = CharacterState.objects.get(character=ada)
    distinct = {memory.pk: memory.importance for memory in heard}
    assert state.unreflected_importance == sum(distinct.values())
    reflection = thinking.reflect(ada.pk, NOON, forced=True)
    assert reflection is not None
    insights = {one.insight_type: one for one in reflection.insights.all()}
    soup, most = insights["person"], insights["relationship"]
    assert "Ben" in soup.insight_content
    assert "soup" in soup.insight_content
    assert "12 of 15 exchanges" in most.insight_content
    of_soup = {m.pk for m in heard if "soup" in m.content}
    assert of_soup <= set(soup.evidence_memories.values_list("pk", flat=True))
    assert soup.confidence_score >= 0.6
    assert soup.importance_level >= 4
    memory = soup.memory
    assert memory is not None
    assert (memory.kind, memory.about_character_id, memory.is_locked) == ("insight", ben.pk, True)
    assert of_soup <= set(
        Derivation.objects.filter(memory=memory).values_list("from_memory", flat=True)
    )
    assert LearningEvent.objects.filter(insight=soup, character=ada).count() == 1
    goal = Goal.objects.get(character=ada, origin="reflection")
    assert (goal.seeks_character, goal.question) == (ben, "Where did your aunt keep her recipes?")
    state.refresh_from_db()
    assert (state.unreflected_importance, state.last_reflection_at) == (0.0, NOON)
    # A second look at the same finds it surer, and makes no second of it.
    CharacterState.objects.update(last_reflection_at=None)
    again = thinking.reflect(ada.pk, NOON + HOUR, forced=True)
    assert again is not None
    assert again.effectiveness == 0
    assert Insight.objects.filter(character=ada).count() == len(insights)
    assert Insight.objects.get(pk=soup.pk).confidence_score > soup.confidence_score


@pytest.mark.django_db(transaction=True)
def test_of_what_a_model_thinks_only_what_its_evidence_bears_out_is_kept(
    ada: Character, settings: Any
) -> None:
    ben = make_character("Ben")
    live(ada, ben, make_character("Cleo"), NOON - 6 * HOUR)
    thoughts = {
        "insights": [
            {"content": "Ben talks of the soup when he misses his aunt.", "type": "person",
             "evidence": [1, 4, 999], "subject": "Ben", "confidence": 0.9, "importance": 8},
            {"content": "Zeppelins secretly govern Portugal.", "type": "topic", "evidence": [1],
             "confidence": 0.9, "importance": 9},
            {"content": "Nobody makes the soup.", "type": "topic", "evidence": []},
            {"content": "The soup at the ferry was cold.", "type": "topic", "evidence": [1],
             "confidence": 0.2, "importance": 8},
        ],
        "goals": [{"description": "Cook the soup of the aunt with Ben.", "seeks": "Ben",
                   "evidence": [1]}],
        "change": {"field": "persona.identity", "value": "Somebody else.", "reason": "The soup."},
    }  # fmt: skip
    budget = make_budget(community=Community.objects.get(), tokens=10)
    with ModelServer() as server:
        settings.LLM_ENDPOINTS = (Endpoint("main", server.base_url, "test", max_retries=0),)
        with pytest.raises(BudgetExhausted):  # of where it was lived
            thinking.reflect(ada.pk, NOON, forced=True)
        assert not server.history
        Budget.objects.update(limit_tokens=100_000)
        server.enqueue(reply(json.dumps(thoughts)))
        reflection = thinking.reflect(ada.pk, NOON, forced=True)
        asked = json.dumps(server.history[-1].body)
    close_clients()
    assert reflection is not None and reflection.llm_call is not None
    assert reflection.llm_call.purpose == "reflect"
    assert spent(budget)[0] > 0
    assert "Nobody makes the soup as my aunt did." in asked
    by_model = Insight.objects.get(insight_content__startswith="Ben talks of the soup when")
    assert (by_model.about_character, by_model.confidence_score) == (ben, 0.9)
    assert by_model.evidence_memories.count() == 2
    said = list(Insight.objects.values_list("insight_content", flat=True))
    assert not [one for one in said if "Zeppelins" in one or one == "Nobody makes the soup."]
    assert "The soup at the ferry was cold." not in said  # too unsure of it
    assert Goal.objects.get(description__startswith="Cook the soup").seeks_character == ben
    waits = SelfModification.objects.get(field="persona.identity")
    assert waits.status == "proposed"  # no words of a model change who it is
    ada.persona.refresh_from_db()
    assert ada.persona.identity != "Somebody else."


@pytest.mark.django_db(transaction=True)
def test_what_it_wanted_is_reached_or_given_up(ada: Character) -> None:
    ben, cleo = make_character("Ben"), make_character("Cleo")
    live(ada, ben, cleo, NOON - 6 * HOUR)
    talk = make_conversation(make_channel(), status="closed")
    question = "Where did your aunt keep her recipes?"
    hear(ada, ada, question, talk, NOON - 1.2 * HOUR)
    hear(ada, cleo, "In a tin under the stairs, with the string.", talk, NOON - HOUR)
    asked = Goal.objects.create(
        character=ada, goal_id="ask", description="Get an answer.", seeks_character=cleo,
        question=question, origin="reflection",
    )  # fmt: skip
    idle = Goal.objects.create(
        character=ada, goal_id="zeppelin", description="Fly a zeppelin.", origin="reflection"
    )
    Goal.objects.filter(pk=idle.pk).update(created_at=NOON - 200 * HOUR)
    Goal.objects.filter(pk=asked.pk).update(created_at=NOON - 8 * HOUR)
    thinking.reflect(ada.pk, NOON, forced=True)
    asked.refresh_from_db()
    idle.refresh_from_db()
    assert (asked.status, asked.progress) == ("done", 1.0)
    assert idle.status == "dropped"
    events = LearningEvent.objects.filter(character=ada, learning_type="goal")
    assert any("Cleo said" in f"{one.learning_event} {one.after_state}" for one in events)


@given(st.floats(0, 1), st.integers(0, 50), st.integers(0, 50), st.integers(0, 50), st.floats(0, 1))
def test_progress_never_goes_back_nor_beyond_its_end(
    progress: float, own: int, more: int, others: int, step: float
) -> None:
    after = aims.advanced(progress, own, others, step)
    assert progress <= after <= 1
    assert after - progress <= step * (1 - progress) + 1e-9
    assert aims.advanced(progress, own + more, others, step) >= after
    assert aims.advanced(progress, 0, 0, step) == progress  # nothing comes of nothing


@pytest.mark.django_db(transaction=True)
def test_an_insight_that_has_turned_is_linked_to_what_it_speaks_against(ada: Character) -> None:
    ben, cleo = make_character("Ben"), make_character("Cleo")
    live(ada, ben, cleo, NOON - 6 * HOUR)
    thinking.reflect(ada.pk, NOON, forced=True)
    for _ in range(12):
        make_relationship_event(
            ada.relationships.get(to_character=cleo), occurred_at=NOON + 2 * HOUR
        )
    live_on = make_conversation(make_channel(), status="closed", topic="steps")
    for n in range(6):
        hear(ada, cleo, f"There are {n} more steps down to the water.", live_on, NOON + 2 * HOUR)
    thinking.reflect(ada.pk, NOON + 5 * HOUR, forced=True)
    link = InsightLink.objects.get(relationship_type="contradicts")
    assert "Cleo more than with anybody" in link.from_insight.insight_content
    assert "Ben more than with anybody" in link.to_insight.insight_content
    turned = LearningEvent.objects.get(learning_type="changed_mind")
    assert turned.before_state == link.to_insight.insight_content


@pytest.mark.django_db(transaction=True)
def test_the_sweep_finds_who_is_due_and_nobody_who_may_not_think(ada: Character) -> None:
    ben, cleo = make_character("Ben"), make_character("Cleo")
    live(ada, ben, cleo, NOON - 6 * HOUR)
    CharacterState.objects.filter(character=ada).update(unreflected_importance=200)
    pause_society(True)
    assert thinking.due(NOON) == []
    pause_society(False)
    assert thinking.due(NOON) == [ada.pk]
    with alone(ada.pk), pytest.raises(ReflectionRefused, match="Another worker"):
        _in_another_session(ada.pk)
    for pk in sweep.due(NOON):
        sweep.live(pk, NOON)
    assert Reflection.objects.get(kind="importance").gathered == 200
    assert thinking.due(NOON) == []
    CharacterState.objects.filter(character=ada).update(
        unreflected_importance=200, last_reflection_at=None
    )
    pause_character(ada)
    assert thinking.due(NOON) == []
    with pytest.raises(ReflectionRefused, match="paused"):
        thinking.reflect(ada.pk, NOON, forced=True)


def _in_another_session(character_id: int) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def think() -> None:
        try:
            with alone(character_id):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(think).result()


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_is_wrong(ada: Character) -> None:
    with pytest.raises(CommandError, match=r"CHARACTER: nobody is called Zoe\. There are Ada"):
        call_command("reflect", "Zoe")
    with pytest.raises(CommandError, match="too few to think about"):
        call_command("reflect", "Ada")


# --- what stays, what is shown, what goes ---------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_its_page_shows_what_it_understood_wants_and_wrote_and_nothing_of_people(
    ada: Character, client: Client
) -> None:
    ben, eve = make_character("Ben"), make_person("Eve")
    live(ada, ben, make_character("Cleo"), timezone.now() - 6 * HOUR)
    assert thinking.reflect(ada.pk, timezone.now(), forced=True) is not None
    reflection = Reflection.objects.get(character=ada)
    assert reflection.insights.exists()
    of_eve = make_insight(ada, "Eve is afraid of the ferry.", about_person=eve)
    Reflection.objects.create(
        character=ada, kind="diary", day=NOON.date(), content="A page on the soup.",
        occurred_at=NOON, visibility="public",
    )  # fmt: skip
    Reflection.objects.create(
        character=ada, kind="dream", day=NOON.date(), content="A dream of a secret.",
        occurred_at=NOON, visibility="intimate",
    )  # fmt: skip
    shown = client.get(reverse("character", args=[ada.slug])).content.decode()
    insight = reflection.insights.filter(about_character=ben).first()
    assert insight is not None
    assert escape(insight.insight_content) in shown
    assert "Where did your aunt keep her recipes?" in shown
    assert "A page on the soup." in shown
    assert "secret" not in shown
    assert of_eve.insight_content not in shown


@pytest.mark.django_db(transaction=True)
def test_what_rests_on_a_person_goes_with_them(ada: Character) -> None:
    eve = make_person("Eve")
    talk = make_conversation(make_channel())
    message = make_message(talk, eve, "My soup is never cold.", at=NOON)
    memory = make_memory(
        ada, "Eve said: “My soup is never cold.”", kind="conversation",
        source_message_id=message.pk, told_by_person_id=eve.pk,
    )  # fmt: skip
    reflection = Reflection.objects.create(
        character=ada, kind="interval", content="Eve and her soup.", occurred_at=NOON
    )
    reflection.input_memories.add(memory)
    insight = make_insight(ada, "Eve keeps coming back to the soup.", reflection=reflection)
    insight.evidence_memories.add(memory)
    other = make_insight(ada, "The tide is high.")
    event = LearningEvent.objects.create(
        character=ada, learning_event="Eve!", learning_type="insight", learning_date=NOON
    )
    event.evidence_memories.add(memory)
    Goal.objects.create(character=ada, goal_id="eve", description="See Eve.", seeks_person=eve)
    exported = export_person(eve, NOON)
    assert exported["sought"][0]["description"] == "See Eve."
    forget_person(eve, "the person", NOON)
    assert list(Insight.objects.all()) == [other]
    assert not Memory.objects.filter(kind="insight").exclude(insight=other).exists()
    assert not LearningEvent.objects.exists()
    assert not Goal.objects.filter(goal_id="eve").exists()
    assert not Reflection.objects.filter(content__contains="Eve").exists()
