from __future__ import annotations

import dataclasses
import io

import pytest
from django.core.management import call_command
from django.utils import timezone

from conversations.services import local_community
from memories.corrections import forget
from memories.formation.formation import form
from memories.formation.traces import trace
from memories.models import (
    Derivation,
    Memory,
    MemoryLink,
    MemoryRevision,
    MemoryShare,
    PersonFact,
)
from memories.recall.recall import recall
from memories.view import Audience
from tests.builders import (
    make_character,
    make_community,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_relationship,
)
from tests.memories.talking import line, stretch

pytestmark = pytest.mark.django_db


@pytest.fixture
def bram():
    return make_character("Bram")


@pytest.fixture
def tamsin():
    return make_character("Tamsin")


@pytest.fixture
def ada():
    return make_person("Ada")


def learned(owner):
    return Memory.objects.filter(owner=owner).exclude(kind__in=["conversation", "gossip"])


def test_lines_are_kept_and_what_they_tell_is_learned_by_all_who_heard(bram, tamsin, ada):
    made = form(stretch((ada, "I work as a nurse at St Olav's Hospital."), to=(bram, tamsin)))
    assert made.is_stored
    assert (len(made.traces), len(made.memories), made.facts) == (2, 2, 2)
    for owner in (bram, tamsin):
        row = learned(owner).get()
        assert row.content == "Ada works as a nurse at St Olav's Hospital."
        assert (row.kind, row.about_person, row.told_by_person) == ("fact", ada, ada)
        assert (row.visibility, row.provenance) == ("personal", "witnessed")
        assert row.embedding is not None
        fact = PersonFact.objects.get(character=owner)
        assert (fact.person, fact.fact_type, fact.category) == (ada, "work", "job")


def test_only_who_heard_the_line_learns_of_it(bram, tamsin, ada):
    talk = stretch((ada, "I work as a nurse."), (ada, "I love old maps."), to=(bram, tamsin))
    talk.witnesses[2] = frozenset({bram.pk})
    form(talk)
    assert learned(bram).count() == 2
    assert learned(tamsin).get().content == "Ada works as a nurse."


def test_what_a_character_says_of_itself_is_a_memory_and_no_fact_of_a_person(bram, tamsin):
    form(stretch((bram, "I live in a loft above the yard."), to=(bram, tamsin)))
    own, heard = learned(bram).get(), learned(tamsin).get()
    assert own.content == heard.content == "Bram lives in a loft above the yard."
    assert (own.provenance, own.about_character, own.told_by_character) == ("own", bram, None)
    assert (heard.provenance, heard.told_by_character) == ("witnessed", bram)
    assert heard.visibility == "public"
    assert not PersonFact.objects.exists()


def test_a_confidence_is_for_the_closest_line_and_all(bram, tamsin, ada):
    form(stretch((ada, "I'm afraid of the sea. Please don't tell anyone."), to=(bram, tamsin)))
    assert set(Memory.objects.values_list("visibility", flat=True)) == {"full"}
    assert set(PersonFact.objects.values_list("visibility", flat=True)) == {"full"}


def test_a_character_keeps_its_own_secret_to_itself(bram, tamsin):
    form(stretch((bram, "Between you and me, I'm afraid of the sea."), to=(bram, tamsin)))
    assert set(Memory.objects.filter(owner=bram).values_list("visibility", flat=True)) == {
        "private"
    }
    assert set(Memory.objects.filter(owner=tamsin).values_list("visibility", flat=True)) == {"full"}


def test_an_answer_that_gives_a_secret_away_is_as_secret(bram, tamsin, ada):
    form(
        stretch(
            (ada, "I lost my father to the sea in 2024."),
            (bram, "Your father, lost to the sea. I'm sorry."),
            (bram, "The kettle is on the stove."),
            to=(tamsin,),
        )
    )
    levels = dict(Memory.objects.filter(kind="conversation").values_list("sequence", "visibility"))
    assert levels == {1: "intimate", 2: "intimate", 3: "public"}


def test_who_is_told_what_is_known_of_it_gives_nothing_away(bram, tamsin, ada):
    """Long after: the confided line is not among these, nor among what was recalled."""
    form(stretch((ada, "Just between us, I'm leaving my job in spring."), to=(bram,)))
    form(stretch((bram, "A small file. You are leaving your job in spring."), to=(bram, tamsin)))
    told = Memory.objects.filter(content__startswith="Bram said: “A small file")
    assert {(m.owner, m.visibility) for m in told} == {(bram, "private"), (tamsin, "full")}
    assert not learned(tamsin)


def test_nothing_of_who_does_not_consent_is_kept(bram, ada):
    secret = line(ada, "I work as a nurse at the harbour.", 1, is_off_record=True)
    said_again = line(bram, "A nurse at the harbour, is that so? You work there?", 2)
    made = form(stretch(secret, said_again, to=(bram,)))
    assert made.is_stored
    assert not Memory.objects.exists()
    assert not PersonFact.objects.exists()


def test_a_claim_that_is_lost_leaves_nothing(bram, ada):
    made = form(stretch((ada, "I work as a nurse."), to=(bram,)), claim=lambda: False)
    assert not made.is_stored
    assert not Memory.objects.exists()
    assert not PersonFact.objects.exists()


def test_what_is_learned_names_the_message_it_came_from(bram, ada):
    talk = make_conversation()
    message = make_message(talk, ada, "I work as a nurse.")
    form(stretch(line(ada, message.content, 1, message_id=message.pk), to=(bram,)))
    row = learned(bram).get()
    assert row.source_message == message
    assert Derivation.objects.filter(memory=row, from_message=message).exists()
    assert PersonFact.objects.get().extracted_from_message == message


def test_the_same_words_again_make_it_stronger(bram, ada):
    form(stretch((ada, "I work as a nurse."), to=(bram,)))
    learned(bram).update(strength=0.5)
    form(stretch((ada, "I work as a nurse!"), to=(bram,)))
    row = learned(bram).get()
    assert row.strength == pytest.approx(0.6)
    assert PersonFact.objects.get().confidence == pytest.approx(0.9)


def test_the_same_in_other_words_makes_it_stronger_too(bram, ada):
    form(stretch((ada, "I'm moving to Porto in June."), to=(bram,)))
    learned(bram).update(strength=0.5)
    made = form(stretch((ada, "I'm moving to Porto in June with my dog."), to=(bram,)))
    assert made.strengthened == 1
    assert learned(bram).get().strength == pytest.approx(0.6)


def test_what_speaks_against_it_stands_beside_it(bram, ada):
    form(stretch((ada, "I live in Oslo these days."), to=(bram,)))
    form(stretch((ada, "I live in Porto now."), to=(bram,)))
    old, new = learned(bram).order_by("pk")
    link = MemoryLink.objects.get(from_memory=new, to_memory=old)
    assert link.link_type == "supersedes"
    revision = MemoryRevision.objects.get(memory=old)
    assert (revision.reason, revision.replaced_by) == ("contradiction", new)
    was, now = PersonFact.objects.order_by("pk")
    assert (was.is_active, was.superseded_by) == (False, now)
    assert now.is_active


def test_what_is_locked_has_no_revision(bram, ada):
    form(stretch((ada, "I love old maps."), to=(bram,)))
    learned(bram).update(is_locked=True)
    PersonFact.objects.update(is_locked=True)
    form(stretch((ada, "I hate old maps."), to=(bram,)))
    assert not MemoryRevision.objects.exists()
    assert MemoryLink.objects.get(link_type="contradicts").to_memory.is_locked
    assert PersonFact.objects.filter(is_active=True).count() == 2


def test_contradicting_oneself_in_one_breath_keeps_both(bram, ada):
    form(stretch((ada, "I love old maps."), (ada, "I hate old maps."), to=(bram,)))
    assert learned(bram).count() == 2
    assert MemoryLink.objects.filter(link_type="contradicts").count() == 1


def test_what_was_learned_together_is_linked(bram, ada):
    form(stretch((ada, "I work as a nurse."), (ada, "I love old maps."), to=(bram,)))
    one, other = learned(bram).order_by("pk")
    assert MemoryLink.objects.filter(
        from_memory=one, to_memory=other, link_type="same_event"
    ).exists()


def test_what_two_told_in_one_talk_is_not_one_event(bram, ada):
    ben = make_person("Ben")
    form(
        stretch(
            (ada, "I work as a nurse."),
            (ben, "I lost my father in 2019."),
            (ada, "I love old maps."),
            to=(bram,),
        )
    )
    assert learned(bram).count() == 3
    assert not MemoryLink.objects.filter(link_type="same_event").exists()


def test_nothing_is_learned_from_what_a_speaker_recalled(bram, tamsin):
    known = make_memory(bram, "Bram grew up on a boat in the harbour.", about_character_id=bram.pk)
    said = line(bram, "I grew up on a boat in the harbour.", 1, recalled=(known.pk,))
    form(stretch(said, to=(bram, tamsin)))
    assert Memory.objects.filter(owner=bram).get() == known
    assert not learned(tamsin).exists()


def test_what_leans_on_a_memory_is_trusted_no_more_than_that(bram, tamsin):
    rumour = make_memory(bram, "Bram's father sold a boat in spring.", confidence=0.3)
    said = line(
        bram, "My father sold a house with eleven rooms that winter.", 1, recalled=(rumour.pk,)
    )
    form(stretch(said, to=(tamsin,)))
    row = learned(tamsin).first()
    assert row is not None
    assert row.confidence <= 0.3


def test_earlier_lines_are_for_newcomers_alone(bram, tamsin, ada):
    before = stretch((ada, "The ferry was late again this morning."), to=(tamsin,))
    now = stretch((ada, "And the bread had not risen either."), to=(bram, tamsin), start=2)
    now = dataclasses.replace(now, session_key=before.session_key)
    form(now, earlier=before)
    assert Memory.objects.filter(owner=tamsin).count() == 2
    assert Memory.objects.filter(owner=bram).count() == 1


def test_importance_follows_what_was_said(bram, ada):
    form(
        stretch(
            line(ada, "My father died yesterday and I cried all night.", 1, tone=-0.9),
            line(ada, "There is a bench by the door.", 2),
            to=(bram,),
        )
    )
    weights = dict(Memory.objects.filter(kind="conversation").values_list("sequence", "importance"))
    assert weights[1] > weights[2] + 2


def test_a_thousand_rounds_of_quoting_add_nothing(bram, tamsin):
    """Each says what it recalled, and is recalled saying it: the store must not feed on itself."""
    known = make_memory(bram, "Bram grew up on a boat in the harbour.", visibility="public")
    said, mind, counts = "I grew up on a boat in the harbour.", {bram.pk: (known.pk,)}, []
    for n in range(1000):
        speaker, other = (bram, tamsin)[n % 2], (bram, tamsin)[(n + 1) % 2]
        one = line(speaker, said, n + 1, recalled=mind.get(speaker.pk, ()))
        trace(stretch(one, to=(bram, tamsin), session_key="loop"))
        rows = Memory.objects.order_by("-pk").values_list("owner_id", "pk", "content")
        there = [(pk, content) for owner, pk, content in rows if owner != speaker.pk]
        mind[speaker.pk] = tuple(pk for owner, pk, _ in rows if owner == speaker.pk)[:6]
        mind[other.pk] = tuple(pk for pk, _ in there)[:6]
        said = f"As {speaker.name} said it: {there[0][1]}"[:400]
        counts.append(len(rows))
    assert 2 <= counts[-1] <= 4
    assert counts[-1] == counts[9]


def test_forming_the_loop_adds_nothing_either(bram, tamsin):
    known = make_memory(bram, "Bram lives in a loft above the old yard.", visibility="public")
    for n in range(30):
        speaker = (bram, tamsin)[n % 2]
        mine = list(Memory.objects.filter(owner=speaker).values_list("pk", flat=True))
        text = (
            "I live in a loft above the old yard."
            if speaker == bram
            else ("Bram said he lives in a loft above the old yard.")
        )
        form(stretch(line(speaker, text, n + 1, recalled=tuple(mine)), to=(bram, tamsin)))
        if n == 2:
            few = Memory.objects.count()
    assert Memory.objects.count() == few <= 3
    assert Memory.objects.filter(pk=known.pk).exists()


def test_a_stretch_of_nothing_makes_nothing(bram):
    assert form(stretch(to=(bram,))).is_stored
    assert not Memory.objects.exists()


def test_forming_is_dated_by_what_was_said(bram, ada):
    form(stretch((ada, "I have an interview tomorrow."), to=(bram,)))
    row = learned(bram).get()
    assert row.content == "Ada has an interview on 5 March 2026."
    assert row.occurred_at < timezone.now()
    assert "4 March 2026" in row.found_by


def minds(owner, person, question, community=None):
    before = Audience(people=frozenset({person.pk}), community=community or local_community().pk)
    return [one.content for one in recall(owner.pk, before, question, now=timezone.now())]


@pytest.mark.django_db(transaction=True)
def test_what_was_forgotten_is_known_again_once_it_is_said_again(bram, ada):
    said = (ada, "My cat is called Miso.")
    form(stretch(said, to=(bram,)))
    call_command("consolidate", "Bram", stdout=io.StringIO())
    Memory.objects.update(strength=0.01, is_locked=False)
    call_command("consolidate", "Bram", stdout=io.StringIO())
    assert set(Memory.objects.values_list("tier", flat=True)) == {"archived"}
    assert not minds(bram, ada, "What is my cat called?")
    form(stretch(said, to=(bram,)))
    assert "Ada's cat is called Miso." in minds(bram, ada, "What is my cat called?")
    assert set(Memory.objects.values_list("tier", "strength")) == {("short", 1.0)}
    call_command("consolidate", "Bram", stdout=io.StringIO())
    assert minds(bram, ada, "What is my cat called?")  # it is as fresh as when it was new


def test_what_an_audit_set_aside_stays_so_when_it_is_said_again(bram, ada):
    talk = stretch((ada, "And then what about it?"), to=(bram,))
    form(talk)
    call_command("hygiene", stdout=io.StringIO())
    form(talk)
    assert Memory.objects.get().tier == "archived"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["elsewhere", "forgotten", "among adults"])
def test_what_one_can_t_speak_of_here_is_told_to_one_anew(bram, tamsin, ada, how):
    here, there = local_community(), make_community(discord_id=71)
    for one, other in ((bram, tamsin), (tamsin, bram)):
        make_relationship(one, other, trust=0.9, community=None)
    fact = "Ada hid three barrels of rum in the lighthouse."
    fields = {"visibility": "public", "about_person_id": ada.pk}
    known = make_memory(bram, fact, community_id=here.pk, **fields)
    place = there if how == "elsewhere" else here
    hers = make_memory(tamsin, f"{fact[:-1]}!", community_id=place.pk, **fields)
    if how == "forgotten":
        assert forget([hers.pk]) == 1
    if how == "among adults":
        Memory.objects.filter(pk=hers.pk).update(is_adult=True)
    assert not minds(tamsin, ada, "What is hidden in the lighthouse?")
    form(stretch(line(bram, fact, recalled=(known.pk,)), to=(bram, tamsin)))
    assert minds(tamsin, ada, "What is hidden in the lighthouse?") == [f"Bram said: “{fact}”"]
    assert MemoryShare.objects.get().status == "accepted"
