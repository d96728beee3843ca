"""What the next process does by what is in the tables: it takes back, rings, refuses, forgets."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from characters import changes
from characters.cards import read
from characters.models import (
    Character,
    CharacterVersion,
    Contribution,
    Goal,
    Insight,
    LearningEvent,
    MoodChange,
    Reflection,
    SelfModification,
    Trigger,
    WorkspaceFileVersion,
)
from conversations import cards, scenarios
from conversations.floor import director
from conversations.models import Scenario, ScenarioVersion
from conversations.people.erasure import forget_person
from conversations.services import record_incoming
from conversations.text import Refused
from conversations.turns import turns
from memories import workspace
from memories.models import HygieneFinding, HygieneRun, Memory
from memories.nights import hygiene
from memories.recall.recall import recall
from memories.view import Audience
from tests.builders import (
    NOON,
    make_conversation,
    make_event,
    make_insight,
    make_keeper,
    make_memory,
    make_message,
    make_project,
    make_rule,
    make_scenario,
    make_turn,
)
from tests.characters.test_cards import raw
from tests.conversations.village import LATER, Village, start_anew

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_was_changed_is_taken_back_by_the_next_process() -> None:
    v = Village()
    before = v.brief()
    changes.approve(
        changes.propose(v.mara.pk, "persona.identity", "Mara keeps the light.", "It is so."),
        by=make_keeper(),
    )
    scene = make_scenario(premise="The lamps are lit.")
    then = scenarios.snapshot(scene.pk)
    Scenario.objects.filter(pk=scene.pk).update(premise="The lamps have gone out.")
    scenarios.record(scene.pk, "a keeper's whim", before=then)
    v.room.scenario = scene
    v.room.save()
    buoys = [f"The {colour} buoy is adrift." for colour in ("red", "green", "blue", "white")]
    for text in ("The ferry ran aground.", "the ferry ran aground!", *buoys):
        make_memory(v.mara, text, visibility="public", occurred_at=NOON)
    hygiene.audit()
    start_anew()
    changes.revert(SelfModification.objects.get(), by=make_keeper())
    scenarios.restore(ScenarioVersion.objects.earliest("number"))
    assert hygiene.revert(HygieneFinding.objects.get())
    v.room.refresh_from_db()
    after = v.brief()
    assert after.identity == before.identity != "Mara keeps the light."
    assert after.scenario == "The lamps are lit."
    found = recall(v.mara.pk, Audience(), "Did the ferry run aground?", now=LATER, floor=False)
    assert sum("ran aground" in one.content for one in found) == 2
    assert CharacterVersion.objects.count() > 1
    assert HygieneRun.objects.get().found == 1


def test_what_was_set_up_rings_refuses_and_stirs_in_the_next_process() -> None:
    v = Village()
    v.room.residents.set([v.mara])
    Trigger.objects.create(
        character=v.mara, kind="phrase", pattern="herring", intensity=1.0, valence=-1.0
    )
    event = make_event(
        v.room, person=v.ada, trigger_at=timezone.now(), context={"what": "buy rope"}
    )
    make_rule("turnip")
    start_anew()
    with pytest.raises(Refused, match="moderator"):
        record_incoming(v.room.pk, v.ada, "Turnip! Turnip!")
    turn = director.look(v.room.pk)
    assert turn is not None
    assert (turn.trigger, turn.chosen) == ("event", v.mara)
    event.refresh_from_db()
    assert event.turn == turn
    talk = make_conversation(kind="with_people")
    heard = make_message(talk, v.ada, "I would rather have a herring, Mara.")
    turn = make_turn(talk, v.mara, answers=heard, trigger="person")
    for wait in (0, 10):  # it thinks, and says it
        turns.take(turn.pk, timezone.now() + dt.timedelta(minutes=wait))
    moved = MoodChange.objects.filter(character=v.mara, trigger_message=heard).get()
    assert moved.delta_valence < -0.1


def test_what_came_with_a_card_goes_out_with_it_again() -> None:
    content = raw(
        {"spec": "chara_card_v2", "data": {"name": "Sera"}, "unknown": {"tool": [1, None]}}
    )
    done = cards.import_card(read(content, "sera.json"), timezone.now())
    assert done.character is not None
    start_anew()
    sera = Character.objects.get(pk=done.character.pk)
    assert cards.export(sera, timezone.now(), form="json").content == content


def test_what_rests_on_somebody_is_found_by_the_next_process_and_nothing_else() -> None:
    v = Village()
    told = make_memory(
        v.mara, "Somebody has a cork leg.", source_message_id=v.asked.pk,
        told_by_person_id=v.ada.pk, visibility="public",
    )  # fmt: skip
    for rests in (True, False):
        word = "cork" if rests else "oak"
        page = Reflection.objects.create(
            character=v.mara, kind="diary" if rests else "dream", content=f"A day of {word}.",
            day=NOON.date(), occurred_at=NOON, visibility="public",
        )  # fmt: skip
        insight = make_insight(v.mara, f"Nothing floats like {word}.")
        lesson = LearningEvent.objects.create(
            character=v.mara, learning_event=f"It learned of {word}.", learning_type="relationship",
            learning_date=NOON,
        )  # fmt: skip
        goal = Goal.objects.create(
            character=v.mara, goal_id=word, description=f"Find {word}.", origin="reflection"
        )
        project = make_project(v.mara, title=f"Of {word}", community=v.room.community)
        verse = Contribution.objects.create(
            project=project, character=v.mara, number=1, content=f"O {word}!", accepted=True,
            contributed_at=NOON, decided_at=NOON,
        )  # fmt: skip
        sources = {"from_messages": [v.asked.pk], "from_memories": [told.pk]} if rests else {}
        workspace.write(
            workspace.Space(v.mara.pk), f"{word}.md", f"All about {word}.", NOON, **sources
        )
        make_memory(
            v.mara, f"It all comes down to {word}.", visibility="public",
            from_memories=(told.pk,) if rests else (),
        )  # fmt: skip
        if rests:
            page.input_memories.add(told)
            for one in (insight, lesson, goal):
                one.evidence_memories.add(told)
            verse.from_messages.add(v.asked)
    start_anew()
    forget_person(v.ada, "herself", LATER)
    left = "\n".join(
        str(text)
        for rows in (
            Memory.objects.values_list("content"), Insight.objects.values_list("insight_content"),
            Goal.objects.values_list("description"), Contribution.objects.values_list("content"),
            LearningEvent.objects.values_list("learning_event"),
            WorkspaceFileVersion.objects.values_list("content"),
            Reflection.objects.values_list("content"),
        )
        for (text,) in rows
    )  # fmt: skip
    assert "cork" not in left
    assert left.count("oak") == 8
