"""Moods, emotions and bonds as talk, emoji and absence leave them: rows, each with its cause."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from audit.configuration import configuration
from characters import relationship
from characters.feelings import feel, feelings_of
from characters.models import (
    Character,
    CharacterState,
    Community,
    EmotionBaseline,
    EmotionLevel,
    LearningEvent,
    MoodChange,
    Relationship,
    RelationshipEvent,
)
from characters.rules import LivingRules
from characters.services import rest_emotions, set_mood
from conversations.feelings import absence, bonding
from conversations.floor.pace import Rules
from conversations.floor.seeking import sought
from conversations.models import Conversation, Message, Participant, Turn
from conversations.services import toggle_reaction
from conversations.turns import prompt_parts
from conversations.turns.briefing import load_brief
from conversations.turns.effects import after_speaking
from memories.reflection import figures
from memories.view import Audience
from tests.builders import (
    NOON,
    make_channel,
    make_character,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_relationship,
    make_turn,
)

pytestmark = pytest.mark.django_db


class Pair:
    """Ada, who answers, and Bo, whom she answers, in a calm room."""

    def __init__(self, **bond: Any) -> None:
        self.ada, self.bo = make_character("Ada"), make_character("Bo")
        self.room = make_channel(residents=(self.ada, self.bo))
        self.talk = make_conversation(self.room)
        self.bond = make_relationship(self.ada, self.bo, **bond)

    def answers(self, said: str, answer: str = "Well.", at: dt.datetime = NOON) -> Message:
        """Bo says something, and Ada answers it with every effect."""
        from conversations.feelings.tone import sentiment

        heard = make_message(self.talk, self.bo, said, at=at, sentiment=sentiment(said))
        turn = make_turn(self.talk, self.ada, answers=heard, decided_at=at)
        message = make_message(self.talk, self.ada, answer, at=at)
        turn.status = Turn.Status.DONE
        after_speaking(turn, heard, message, "calm", Rules(), at)
        for row in (self.bond, self.ada.state):
            row.refresh_from_db()
        return message

    def events(self, kind: str) -> list[RelationshipEvent]:
        return list(self.bond.events.filter(kind=kind).order_by("pk"))


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("what do you do all day, Ada?", "something in what was said"),
        ("That was a kind thing to do.", "what was said sounded warm"),
        ("That was a cruel thing to do.", "what was said sounded bitter"),
    ],
)
def test_what_moved_a_mood_is_told_by_which_way_it_moved(said: str, cause: str) -> None:
    pair = Pair()
    pair.answers(said)
    assert pair.ada.mood_changes.get().description == cause


def test_what_is_heard_is_felt_and_outlives_the_process() -> None:
    pair = Pair()
    pair.answers("I'm so happy, what joy, we laughed and laughed!")
    felt = feelings_of(pair.ada.pk, NOON)
    joy = EmotionLevel.objects.get(character=pair.ada, emotion="joy")
    assert joy.value == felt.levels["joy"] > felt.rests["joy"]
    assert felt.levels["sadness"] < felt.rests["sadness"]
    assert pair.ada.mood_changes.get().description == "what was said sounded glad"
    later = feelings_of(pair.ada.pk, NOON + dt.timedelta(hours=3))  # nobody wrote meanwhile
    assert felt.rests["joy"] < later.levels["joy"] < felt.levels["joy"]


def test_a_long_rest_is_a_cause_like_any_other() -> None:
    pair = Pair()
    set_mood(pair.ada.pk, -0.8, 0.5, is_locked=False, by="a keeper", now=NOON)
    CharacterState.objects.update(battery_at=NOON - dt.timedelta(days=9))
    pair.answers("The kettle is on.", at=NOON + dt.timedelta(hours=9))
    change = pair.ada.mood_changes.get(trigger_type="time_decay")
    assert change.description == "it came to rest over 9 hours"
    assert change.delta_valence > 0.2
    assert change.valence == pytest.approx(-0.8 + change.delta_valence)


def test_a_fixed_mood_and_a_fixed_bond_are_moved_by_nothing() -> None:
    pair = Pair(is_locked=True)
    set_mood(pair.ada.pk, 0.5, 0.1, is_locked=True, by="a keeper", now=NOON)
    before = relationship.Bond(pair.bond.trust, pair.bond.affection, pair.bond.attunement)
    pair.answers("I hate you, you idiot, shut up!", at=NOON + dt.timedelta(days=2))
    assert (pair.ada.state.mood_valence, pair.ada.state.mood_arousal) == (0.5, 0.1)
    assert bonding.felt(pair.bond) == before
    assert pair.bond.total_interactions == 1
    assert not pair.ada.mood_changes.exclude(trigger_type="admin").exists()
    assert absence.fade(NOON + dt.timedelta(days=60)) == 0


def test_scorn_makes_a_quarrel_that_kind_words_mend() -> None:
    pair = Pair(trust=0.7, affection=0.6, attunement=0.5)
    at = NOON
    while pair.bond.repair_since is None:
        at += dt.timedelta(minutes=1)
        pair.answers("Nonsense, you fool, shut up. I hate you.", at=at)
        assert pair.bond.trust > 0.4
    assert pair.bond.repair_from is not None
    assert pair.bond.repair_from - pair.bond.trust >= 0.05
    assert [e.cause for e in pair.events("repair")] == ["trust fell fast: they are at odds"]
    quarrel = bonding.felt(pair.bond)
    pair.answers("The tide is out.", at=at)
    assert bonding.felt(pair.bond) == quarrel  # small talk mends nothing
    while pair.bond.repair_since is not None:
        at += dt.timedelta(minutes=1)
        pair.answers("I'm sorry, my friend. Thank you, you are so kind.", at=at)
        assert at < NOON + dt.timedelta(hours=2)
    assert "reconciliation" in pair.bond.milestones
    assert [e.milestone for e in pair.events("milestone") if e.milestone == "reconciliation"]
    assert pair.events("repair")[-1].cause == "they have made it up"


def test_a_quarrel_nobody_mends_is_grown_used_to() -> None:
    pair = Pair(
        trust=0.3,
        usual_trust=0.5,
        repair_since=NOON,
        repair_from=0.5,
        repair_low=0.3,
        last_interaction_at=NOON,
    )
    assert absence.fade(NOON + dt.timedelta(days=3)) == 0
    absence.fade(NOON + dt.timedelta(days=15))
    pair.bond.refresh_from_db()
    assert pair.bond.repair_since is None
    assert pair.events("repair")[-1].cause == "they have grown used to it"
    assert "reconciliation" not in pair.bond.milestones


def test_levels_and_first_confidences_are_marked_once() -> None:
    pair = Pair(trust=0.66, affection=0.5, attunement=0.39)
    kind = "Thank you, you are so kind, I love you, what joy!"
    pair.answers(kind)
    assert pair.bond.milestones == ["acquaintance"]
    secret = make_memory(pair.ada, "Ada once sold the lighthouse lens.")
    heard = make_message(pair.talk, pair.bo, "Tell me.", at=NOON)
    for _ in range(2):
        turn = make_turn(pair.talk, pair.ada, answers=heard)
        turn.recollections.create(memory=secret, rank=1, score=0.0, parts={"to_tell": 1.0})
        said = make_message(pair.talk, pair.ada, "I once sold the lighthouse lens, I, Ada.")
        turn.status = Turn.Status.DONE
        after_speaking(turn, heard, said, "calm", Rules(), NOON)
        turn.save()
    pair.bond.refresh_from_db()
    assert pair.bond.milestones == ["acquaintance", "first_confidence"]
    assert [e.milestone for e in pair.events("milestone")] == ["acquaintance", "first_confidence"]


def test_long_absence_fades_a_bond_once_a_day_and_goes_on_where_it_stopped() -> None:
    pair = Pair(trust=0.9, affection=0.9, attunement=0.9, last_interaction_at=NOON)
    week = NOON + dt.timedelta(days=7)
    assert absence.fade(week) == 0
    assert absence.fade(week + dt.timedelta(days=5)) == 1
    assert absence.fade(week + dt.timedelta(days=5, minutes=1)) == 0  # that day is counted
    pair.bond.refresh_from_db()
    assert pair.bond.trust == pytest.approx(0.5 + 0.4 * 0.99**5)
    (event,) = pair.events("decay")
    assert event.cause == "5 days more without a word"
    assert event.delta_trust == pytest.approx(pair.bond.trust - 0.9)
    Character.objects.filter(pk=pair.ada.pk).update(status=Character.Status.PAUSED)
    assert absence.fade(week + dt.timedelta(days=9)) == 0


def test_emoji_count_and_taken_back_leave_nothing() -> None:
    pair = Pair()
    sam = make_person("Sam")
    message = make_message(pair.talk, pair.ada)
    assert toggle_reaction(message.pk, sam, "❤️", NOON)
    bond = Relationship.objects.get(from_character=pair.ada, to_person=sam)
    liked = bonding.felt(bond)
    assert all(now > then for now, then in zip(liked.parts(), relationship.START, strict=True))
    toggle_reaction(message.pk, sam, "👍", NOON)  # one hand, one message: it counts once
    bond.refresh_from_db()
    assert bonding.felt(bond) == liked
    for emoji in ("👍", "❤️"):
        assert not toggle_reaction(message.pk, sam, emoji, NOON)
    bond.refresh_from_db()
    assert bonding.felt(bond).parts() == pytest.approx(relationship.START)
    assert [e.cause for e in bond.events.order_by("pk")] == [
        "they put ❤️ under a message",
        "they took ❤️ back",
    ]
    assert MoodChange.objects.get(character=pair.ada).description == "somebody liked what it said"


def test_emotions_rest_by_traits_unless_a_keeper_has_fixed_them() -> None:
    ada = make_character(persona={"neuroticism": 0.1})
    fear = EmotionBaseline.objects.get(character=ada, emotion="fear")
    hope = EmotionBaseline.objects.get(character=ada, emotion="optimism")
    EmotionBaseline.objects.filter(pk=fear.pk).update(is_locked=True)
    assert rest_emotions(ada.pk, {**ada.persona.traits(), "neuroticism": 0.9}) > 1
    assert EmotionBaseline.objects.get(pk=fear.pk).value == fear.value
    assert EmotionBaseline.objects.get(pk=hope.pk).value < hope.value


def test_a_character_turns_to_a_friend_and_not_to_whom_it_is_at_odds_with() -> None:
    pair = Pair(trust=0.9, affection=0.9, attunement=0.9)

    def asked() -> set[str]:
        turns = (make_turn(pair.talk, random_seed=seed) for seed in range(12))
        found = [_sought(turn, pair) for turn in turns]
        return {one.name for one in found if one}

    assert asked() == {"Bo"}
    Relationship.objects.update(repair_since=NOON, repair_from=0.9, repair_low=0.7)
    assert asked() == set()


def _sought(turn: Turn, pair: Pair) -> Any:
    turn.chosen_id = pair.ada.pk
    return sought(turn, pair.room, LivingRules().called, NOON)


def test_the_keeper_names_the_levels(client: Client) -> None:
    pair = Pair(trust=0.9, affection=0.9, attunement=0.9, milestones=["close_friend"])
    configuration.set_value("living", "name_close_friend", "Shipmate")
    configuration.forget_cached()
    feel(pair.ada.pk, {"anger": 1.0}, NOON)
    page = client.get(reverse("character", args=[pair.ada.slug])).content.decode()
    assert "shipmate" in page
    assert "they have become close friends" in page
    with pytest.raises(ValueError, match="empathy must lie between 0 and 1"):
        configuration.set_value("living", "empathy", 2)


def test_how_deep_talks_of_two_go_is_known_and_told_to_who_speaks() -> None:
    pair = Pair()
    Conversation.objects.update(started_at=NOON)
    pair.talk.refresh_from_db()
    for minute in range(7):
        pair.answers("The tide is out.", at=NOON + dt.timedelta(minutes=minute))
    assert pair.bond.conversation_depth_avg == 7
    later = NOON + dt.timedelta(days=1)
    Conversation.objects.update(status="closed", closed_at=later)
    pair.talk = make_conversation(pair.room, started_at=later)
    for who in (pair.ada, pair.bo):
        Participant.objects.create(conversation=pair.talk, character=who, joined_at=later)
    pair.answers("The kettle is on.", at=later + dt.timedelta(minutes=1))
    assert pair.bond.total_interactions == 8
    assert pair.bond.conversation_depth_avg == 4

    heard = pair.talk.messages.filter(character=pair.bo).get()
    turn = make_turn(pair.talk, pair.ada, answers=heard)

    def told() -> str:
        brief, _ = load_brief(turn, pair.room, later + dt.timedelta(minutes=2))
        return prompt_parts.bond(brief)

    assert "for long" not in told()
    assert "a few lines" not in told()
    Relationship.objects.update(conversation_depth_avg=8.0)
    assert "Once you and Bo talk, you go on for long." in told()
    Relationship.objects.update(conversation_depth_avg=1.4)
    assert "You and Bo seldom get past a few lines." in told()


# --- steps of a life ------------------------------------------------------------------------------


def test_coming_closer_and_falling_out_are_steps_of_a_life_that_its_page_shows(
    client: Client,
) -> None:
    pair = Pair(trust=0.5, affection=0.45, attunement=0.4)
    for day in range(12):
        pair.answers("Thank you, that was so kind of you!", at=NOON + dt.timedelta(days=day))
    steps = LearningEvent.objects.filter(learning_type="relationship").order_by("pk")
    first = steps[0]
    assert first.character == pair.ada
    assert first.relationship == pair.bond
    assert first.learning_event == "With Bo: they are no strangers any more."
    assert first.before_state < first.after_state
    assert steps.count() == len(set(steps.values_list("learning_event", flat=True)))
    page = client.get(reverse("character", args=[pair.ada.slug])).content.decode()
    assert "With Bo: they are no strangers any more." in page

    pair.bond.trust = 0.26
    pair.bond.save()
    pair.answers("I hate you, you liar, you are useless!", at=NOON + dt.timedelta(days=13))
    assert steps.filter(learning_event="With Bo: they have fallen out.").exists()
    steps.exclude(learning_event="With Bo: they have fallen out.").delete()
    here, elsewhere = Audience(community=pair.room.community_id), Audience(community=None)
    asked = "changed", pair.ada.pk
    assert figures.answer(*asked, here, NOON)[0] == "Not in myself. Bo and I have fallen out."
    assert "Bo" not in figures.answer(*asked, elsewhere, NOON)[0]


def test_how_a_character_stands_to_a_person_or_elsewhere_is_no_public_step(client: Client) -> None:
    ada, guest = make_character("Ada"), make_person("Zoe")
    guild = make_channel(discord_id=77, community=Community.objects.create(name="G", discord_id=7))
    bonds = (
        make_relationship(ada, guest),
        make_relationship(ada, make_character("Bo"), community=guild.community),
    )
    for bond in bonds:
        LearningEvent.objects.create(
            character=ada,
            relationship=bond,
            learning_type="relationship",
            learning_event="With somebody: they have become friends.",
            learning_date=NOON,
        )
    page = client.get(reverse("character", args=[ada.slug])).content.decode()
    assert "they have become friends" not in page
