"""What a character wants by a day, or of somebody who is away."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from characters.models import Character, Goal, LearningEvent
from conversations.turns import prompt_parts
from conversations.turns.briefing import load_brief
from memories.formation.telling import until
from memories.reflection import figures, thinking
from memories.view import Audience
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_message,
    make_turn,
)
from tests.memories.test_reflection import HOUR, hear

MINUTE = dt.timedelta(minutes=1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ada() -> Character:
    return make_character("Ada")


@pytest.fixture
def boat(ada: Character) -> Goal:
    return Goal.objects.create(
        character=ada,
        goal_id="boat",
        description="Mend the old boat.",
        strategy="ask Ben for his tools",
        due_at=NOON + 30 * HOUR,
    )


def told(ada: Character, at: dt.datetime) -> str:
    """What stands of goals in its prompt."""
    room = make_channel()
    heard = make_message(make_conversation(room), make_character(), "Low tide.", at=at)
    brief, _ = load_brief(make_turn(heard.conversation, ada, answers=heard), room, at)
    return prompt_parts.goals(brief)


def reflect(ada: Character, at: dt.datetime) -> None:
    """Ada thinks over a morning of talk."""
    ben = Character.objects.filter(name="Ben").first() or make_character("Ben")
    talk = make_conversation(make_channel(), status="closed")
    for n in range(8):
        hear(ada, ben, f"Step {n} was wet on {at:%A}, {at.day}.", talk, at - (9 - n) * MINUTE)
    assert thinking.reflect(ada.pk, at, forced=True) is not None


def test_it_wants_something_by_a_day_and_knows_how(ada: Character, boat: Goal) -> None:
    assert told(ada, NOON) == "You want: Mend the old boat, by tomorrow (ask Ben for his tools)."
    said = figures.answer("wants", ada.pk, Audience(), NOON)[0]
    assert said == "I want to mend the old boat, by tomorrow."


def test_what_was_to_be_done_by_a_day_waits_for_its_keeper(
    ada: Character, boat: Goal, admin_client: Client
) -> None:
    reflect(ada, NOON)
    boat.refresh_from_db()
    assert boat.status == "active"
    late = NOON + 40 * HOUR
    reflect(ada, late)
    boat.refresh_from_db()
    assert boat.status == "blocked"
    assert boat.blocked_for.startswith("It was to be done by ")
    event = LearningEvent.objects.get(goal=boat)
    assert event.after_state == "0%, held up"
    assert told(ada, late) == ""
    page = reverse("admin:characters_goal_change", args=[boat.pk])
    shown = admin_client.get(page)
    assert boat.blocked_for in shown.content.decode()
    form = shown.context["adminform"].form
    values = {name: "" if (had := form[name].value()) is None else had for name in form.fields}
    day = late + 100 * HOUR
    values |= {"status": "active", "due_at_0": f"{day:%Y-%m-%d}", "due_at_1": "12:00:00"}
    assert admin_client.post(page, values).status_code == 302
    boat.refresh_from_db()
    assert (boat.status, boat.blocked_for) == ("active", "")
    reflect(ada, late + 30 * HOUR)
    boat.refresh_from_db()
    assert boat.status == "active"


def test_whom_it_seeks_may_be_away_for_a_while(ada: Character) -> None:
    eve = make_character("Eve")
    goal = Goal.objects.create(
        character=ada,
        goal_id="eve",
        description="Ask Eve about the ferry.",
        seeks_character=eve,
        origin="reflection",
    )
    Goal.objects.update(created_at=NOON)
    Character.objects.filter(pk=eve.pk).update(status="paused")
    reflect(ada, NOON)
    goal.refresh_from_db()
    assert (goal.status, goal.blocked_for) == ("blocked", "Eve isn't here any more.")
    Character.objects.filter(pk=eve.pk).update(status="active")
    reflect(ada, NOON + 24 * HOUR)
    goal.refresh_from_db()
    assert (goal.status, goal.blocked_for) == ("active", "")
    steps = LearningEvent.objects.filter(goal=goal).order_by("pk")
    assert [step.after_state for step in steps] == ["0%, held up", "0%, goes on"]


def test_what_a_keeper_holds_up_stays_so(ada: Character, boat: Goal) -> None:
    Goal.objects.update(status="blocked")
    reflect(ada, NOON)
    boat.refresh_from_db()
    assert boat.status == "blocked"


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (2, "by tonight"),
        (20, "by tomorrow"),
        (72, "by Thursday"),
        (24 * 40, "by 11 April 2026"),
        (-2, "and it was to be done by today"),
        (-48, "and it was to be done by 28 February 2026"),
    ],
)
def test_by_when_is_said_as_one_would(hours: int, said: str) -> None:
    noon = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    assert until(noon + hours * HOUR, noon) == said
