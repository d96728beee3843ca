from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from conversations.services import local_community
from memories.formation.facts import NewFact, expiry, known, learn, note_used
from memories.models import PersonFact
from memories.rules import MemoryRules
from memories.view import Audience, seen_by
from tests.builders import NOON, make_character, make_person, make_relationship

pytestmark = pytest.mark.django_db
RULES = MemoryRules()


@pytest.fixture
def bram():
    return make_character("Bram")


@pytest.fixture
def ada():
    return make_person("Ada")


@pytest.fixture
def tell(bram, ada):
    def tell(content, **fields):
        new = NewFact(
            **{
                "person_id": ada.pk,
                "character_id": bram.pk,
                "community_id": local_community().pk,
                "subject": "Ada",
                "content": content,
                "fact_type": "general",
                "learned_at": timezone.now(),
                **fields,
            }
        )
        learn([new], [None], RULES)
        return PersonFact.objects.get(fact_content=content) if _stands(content) else None

    return tell


def _stands(content):
    return PersonFact.objects.filter(fact_content=content).exists()


def read(speaker, audience, people):
    with seen_by(speaker.pk, audience) as view:
        return [fact.content for fact in known(view, speaker.pk, people)]


@pytest.mark.parametrize(
    ("lasts", "days"),
    [("home", 180), ("job", 180), ("relationship", 120), ("plan", 60), ("feeling", 7), ("", None)],
)
def test_facts_last_by_their_kind(lasts, days):
    until = expiry(lasts, NOON, RULES)
    assert until == (None if days is None else NOON + dt.timedelta(days=days))


def test_the_newer_takes_the_place_of_the_older(tell):
    old = tell("Ada lives in Oslo.")
    new = tell("Ada lives in Porto.")
    old.refresh_from_db()
    assert (old.is_active, old.superseded_by) == (False, new)
    assert new.is_active


def test_hearsay_does_not_replace_what_is_sure(tell):
    old = tell("Ada lives in Oslo.", confidence=0.9)
    new = tell("Ada lives in Porto.", confidence=0.5)
    old.refresh_from_db()
    assert old.is_active
    assert (new.is_active, new.superseded_by) == (False, old)


def test_what_is_too_old_to_be_said_keeps_nothing_newer_out(tell, bram, ada):
    then = timezone.now() - dt.timedelta(days=RULES.home_days + 1)
    old = tell("Ada lives in Corran.", confidence=1.0, lasts="home", learned_at=then)
    new = tell("Ada lives in Oslo.", confidence=0.7, lasts="home")
    old.refresh_from_db()
    assert (old.is_active, old.superseded_by, new.is_active) == (False, new, True)


def test_what_was_replaced_holds_again_when_it_is_said_again(tell):
    oslo = tell("Ada lives in Oslo.")
    porto = tell("Ada lives in Porto.")
    tell("Ada lives in Oslo.")
    oslo.refresh_from_db()
    porto.refresh_from_db()
    assert oslo.is_active
    assert oslo.superseded_by is None
    assert (porto.is_active, porto.superseded_by) == (False, oslo)


def test_a_locked_fact_is_left_alone(tell):
    old = tell("Ada lives in Oslo.")
    PersonFact.objects.filter(pk=old.pk).update(is_locked=True)
    tell("Ada lives in Oslo.", confidence=1.0)
    new = tell("Ada lives in Porto.")
    old.refresh_from_db()
    assert old.is_active
    assert old.confidence == 0.8
    assert new.is_active


def test_a_repeat_is_surer_and_younger(tell):
    first = tell("Ada loves old maps.", learned_at=NOON, lasts="plan")
    tell("Ada loves old maps.", learned_at=NOON + dt.timedelta(days=2), lasts="plan")
    first.refresh_from_db()
    assert first.confidence == pytest.approx(0.85)
    assert first.learned_at == NOON + dt.timedelta(days=2)
    assert first.expiry_date == NOON + dt.timedelta(days=62)


def test_said_openly_later_it_stays_as_closed_as_it_was_confided(tell):
    first = tell("Ada is afraid of the sea.", visibility="full")
    tell("Ada is afraid of the sea.", visibility="personal")
    first.refresh_from_db()
    assert first.visibility == "full"


def test_known_are_the_four_best_that_are_sure_current_and_for_these_ears(tell, bram, ada):
    make_relationship(bram, ada, trust=0.6)
    for n in range(5):
        tell(f"Ada keeps a boat named Number{n} there.", importance=0.1 * n)
    tell("Ada dislikes soup very much.", confidence=0.55, importance=1.0)
    tell("Ada feels lonely of late.", importance=1.0, lasts="feeling", learned_at=NOON)
    tell("Ada owes money to the bank.", importance=1.0, visibility="private")
    audience = Audience(people=frozenset({ada.pk}), community=local_community().pk)
    assert read(bram, audience, [ada.pk]) == [
        f"Ada keeps a boat named Number{n} there." for n in (4, 3, 2, 1)
    ]


def test_a_fact_confided_by_one_is_not_known_before_another(tell, bram, ada):
    ben = make_person("Ben")
    make_relationship(bram, ada, trust=0.9)
    make_relationship(bram, ben, trust=0.5)
    tell("Ada is afraid of the sea.", visibility="full")
    here = local_community().pk
    alone = Audience(people=frozenset({ada.pk}), community=here)
    both = Audience(people=frozenset({ada.pk, ben.pk}), community=here)
    assert read(bram, alone, [ada.pk]) == ["Ada is afraid of the sea."]
    assert read(bram, both, [ada.pk, ben.pk]) == []


def test_another_character_knows_nothing_of_it(tell, ada):
    tell("Ada loves old maps.", visibility="public")
    odile = make_character("Odile")
    audience = Audience(people=frozenset({ada.pk}), community=local_community().pk)
    assert read(odile, audience, [ada.pk]) == []


def test_using_a_fact_is_noted(tell):
    fact = tell("Ada loves old maps.")
    assert note_used([fact.pk], NOON) == 1
    fact.refresh_from_db()
    assert fact.last_referenced_at == NOON
