"""One character tells another what it remembers, and trust says what comes of it."""

from __future__ import annotations

import datetime as dt
import itertools
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.configuration import configuration
from audit.configuration.places import Place
from characters.models import Character
from memories import sharing
from memories.formation import traces
from memories.formation.stretch import Heard, Stretch
from memories.models import REQUIRED_TRUST, Memory, MemoryShare
from memories.models.memory import Visibility
from memories.sharing import NotForSharing, judge, offer
from memories.view import Audience, seen_by
from tests.builders import (
    NOON,
    make_character,
    make_community,
    make_conversation,
    make_memory,
    make_message,
    make_person,
    make_relationship,
)

pytestmark = pytest.mark.django_db
SECRET = "Odile keeps a sextant from the wreck under the chapel stairs."


def trusting(one: Character, other: Character, trust: float, back: float = 0.6) -> None:
    """How one trusts the other, and the other it."""
    make_relationship(one, other, trust=trust, community=None)
    make_relationship(other, one, trust=back, community=None)


@pytest.fixture
def ada() -> Character:
    return make_character("Ada")


@pytest.fixture
def bram() -> Character:
    return make_character("Bram")


# --- the rule -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("visibility", "level", "required"),
    [
        (Visibility.PUBLIC, "basic", 0.30),
        (Visibility.BASIC, "basic", 0.30),
        (Visibility.PERSONAL, "personal", 0.50),
        (Visibility.INTIMATE, "intimate", 0.70),
        (Visibility.FULL, "full", 0.90),
    ],
)
def test_each_level_takes_its_trust(visibility: str, level: str, required: float) -> None:
    just, short = judge(visibility, required, 0.5), judge(visibility, required - 0.001, 0.5)
    assert (just.status, just.level, just.required) == ("accepted", level, required)
    assert (short.status, short.level) == ("refused", level)
    assert f"{required:.2f}" in short.reason


def test_a_private_memory_has_no_level() -> None:
    with pytest.raises(NotForSharing):
        judge(Visibility.PRIVATE, 1.0, 1.0)


def test_who_isn_t_believed_is_refused() -> None:
    assert judge(Visibility.PUBLIC, 1.0, 0.19).status == "refused"
    assert "not believed" in judge(Visibility.PUBLIC, 1.0, 0.19).reason
    assert judge(Visibility.PUBLIC, 1.0, 0.20).status == "accepted"


def test_a_keeper_sets_how_easily_they_believe() -> None:
    configuration.set_value("memory", "believe_from", 0.6)
    assert judge(Visibility.PUBLIC, 1.0, 0.5).status == "refused"


def test_a_community_has_its_own_rules_of_what_is_told_there(
    ada: Character, bram: Character
) -> None:
    trusting(ada, bram, 0.75, back=0.5)
    here, there = make_community(discord_id=5), make_community(discord_id=6)
    place = Place("community", here.pk)
    configuration.set_value("memory", "doubted", 1.0, place=place)
    configuration.set_value("memory", "told_importance", 0.5, place=place)
    for one, kept in ((here, (1.0, 4.0)), (there, (0.8, 6.4))):
        memory = make_memory(ada, f"{SECRET} {one.pk}", importance=8.0)
        copy = offer(ada.pk, bram.pk, memory.pk, NOON, community_id=one.pk).copy
        assert copy is not None
        assert (copy.confidence, copy.importance) == pytest.approx(kept)
    configuration.set_value("memory", "believe_from", 0.6, place=place)
    configuration.forget_cached()
    assert judge(Visibility.PUBLIC, 1.0, 0.5, community_id=here.pk).status == "refused"
    assert judge(Visibility.PUBLIC, 1.0, 0.5, community_id=there.pk).status == "accepted"
    for one, status in ((here, "refused"), (there, "accepted")):
        memory = make_memory(ada, f"Odile sold the boat. {one.pk}")
        assert offer(ada.pk, bram.pk, memory.pk, NOON, community_id=one.pk).status == status


def test_what_is_public_may_be_heard_though_it_isn_t_shared() -> None:
    assert judge(Visibility.PUBLIC, 0.1, 0.5).may_hear
    assert not judge(Visibility.INTIMATE, 0.6, 0.5).may_hear


# --- an offer -------------------------------------------------------------------------------------


def test_the_copy_remembers_who_told_it(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.75, back=0.5)
    memory = make_memory(
        ada, SECRET, visibility=Visibility.INTIMATE, importance=8.0, confidence=0.9
    )
    share = offer(ada.pk, bram.pk, memory.pk, NOON)
    assert (share.status, share.permission_level) == ("accepted", "intimate")
    assert (share.trust_level_at_sharing, share.trust_required) == (0.75, 0.70)
    copy = share.copy
    assert copy is not None
    assert (copy.owner, copy.content, copy.provenance) == (bram, SECRET, "told")
    assert copy.told_by_character == ada
    assert copy.visibility == Visibility.INTIMATE
    assert copy.confidence == pytest.approx(0.9 * 0.8)  # a teller trusted .5 is believed by .8
    assert copy.importance == pytest.approx(6.4)
    assert list(copy.sources.values_list("from_memory", flat=True)) == [memory.pk]
    assert copy.embedding is not None and list(copy.embedding) == list(memory.embedding)
    assert copy.occurred_at == memory.occurred_at


def test_short_of_trust_nothing_is_told_but_it_is_recorded(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.69)
    memory = make_memory(ada, SECRET, visibility=Visibility.INTIMATE)
    share = offer(ada.pk, bram.pk, memory.pk, NOON)
    assert (share.status, share.copy) == ("refused", None)
    assert share.reason == "Intimate memories take trust of 0.70; it is 0.69."
    assert not Memory.objects.filter(owner=bram).exists()


def test_strangers_are_told_nothing(ada: Character, bram: Character) -> None:
    memory = make_memory(ada, SECRET, visibility=Visibility.PUBLIC)
    assert offer(ada.pk, bram.pk, memory.pk, NOON).status == "refused"


@pytest.mark.parametrize("is_general_first", [True, False])
def test_trust_counts_where_it_is_told(
    ada: Character, bram: Character, is_general_first: bool
) -> None:
    here, there = make_community(), make_community(discord_id=81)
    bonds = [(0.9, None), (0.1, there)]
    for trust, community in bonds if is_general_first else reversed(bonds):
        make_relationship(ada, bram, trust=trust, community=community)
    memory = make_memory(ada, SECRET, visibility=Visibility.PERSONAL)
    assert offer(ada.pk, bram.pk, memory.pk, NOON, community_id=there.pk).status == "refused"
    assert offer(ada.pk, bram.pk, memory.pk, NOON, community_id=here.pk).status == "accepted"


@pytest.mark.parametrize("level", [Visibility.PRIVATE, Visibility.PUBLIC])
def test_nobody_shares_what_is_private_or_another_s(
    ada: Character, bram: Character, level: str
) -> None:
    trusting(ada, bram, 1.0)
    owner = ada if level == Visibility.PRIVATE else bram
    memory = make_memory(owner, SECRET, visibility=level)
    with pytest.raises(NotForSharing):
        offer(ada.pk, bram.pk, memory.pk, NOON)
    assert not MemoryShare.objects.exists()


def test_the_other_refuses_what_it_knows(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.9)
    known = make_memory(ada, SECRET)
    make_memory(bram, SECRET.upper())
    heard_from_bram = make_memory(ada, "The ferry has a new cook.", told_by_character_id=bram.pk)
    line = make_message(make_conversation(), ada, "The mill burnt down.")
    for owner in (ada, bram):
        make_memory(owner, f"{owner} heard of the mill.", source_message_id=line.pk)
    witnessed = Memory.objects.get(owner=ada, source_message=line)
    reasons = {
        offer(ada.pk, bram.pk, one.pk, NOON).reason for one in (known, heard_from_bram, witnessed)
    }
    assert reasons == {
        "It is known already.",
        "It was they who told it.",
        "They were there.",
    }
    assert not MemoryShare.objects.exclude(status="refused").exists()


def test_what_one_was_told_another_may_still_be_told(ada: Character, bram: Character) -> None:
    cleo = make_character("Cleo")
    memory = make_memory(ada, SECRET)
    for one in (bram, cleo):
        trusting(ada, one, 0.9)
        assert offer(ada.pk, one.pk, memory.pk, NOON).status == "accepted"


def test_what_it_may_not_speak_of_here_it_is_told_here(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.9)
    here, there = make_community(), make_community(discord_id=81)
    memory = make_memory(ada, SECRET)
    make_memory(bram, SECRET, community_id=there.pk)
    assert offer(ada.pk, bram.pk, memory.pk, NOON, community_id=here.pk).status == "accepted"
    news = make_memory(ada, "The mill burnt down.")
    make_memory(bram, "The mill burnt down.", community_id=here.pk)
    assert offer(ada.pk, bram.pk, news.pk, NOON, community_id=here.pk).reason == sharing.KNOWN


@pytest.mark.parametrize(("tier", "needs_telling"), [("long", False), ("archived", True)])
def test_what_it_has_forgotten_it_may_be_told(
    ada: Character, bram: Character, tier: str, needs_telling: bool
) -> None:
    make_memory(bram, SECRET, tier=tier)
    assert (sharing.known_to(make_memory(ada, SECRET), bram.pk, None) == "") == needs_telling


def test_who_knows_nothing_of_the_teller_believes_it_half(ada: Character, bram: Character) -> None:
    make_relationship(ada, bram, trust=0.9, community=None)
    copy = offer(ada.pk, bram.pk, make_memory(ada, SECRET, confidence=0.9).pk, NOON).copy
    assert copy is not None
    assert copy.confidence == pytest.approx(0.9 * 0.8)


def test_it_is_accepted_once(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.9)
    memory = make_memory(ada, SECRET)
    first, second = (offer(ada.pk, bram.pk, memory.pk, NOON) for _ in range(2))
    assert (first.status, second.status) == ("accepted", "refused")
    assert second.reason == "It was told to them before."
    assert Memory.objects.filter(owner=bram).count() == 1


def test_the_database_accepts_no_share_without_the_trust(ada: Character, bram: Character) -> None:
    memory = make_memory(ada, SECRET)
    for trust in (0.69, 0.0):
        with pytest.raises(IntegrityError), transaction.atomic():
            MemoryShare.objects.create(
                source_character=ada,
                target_character=bram,
                memory=memory,
                permission_level="intimate",
                trust_level_at_sharing=trust,
                trust_required=0.7,
                status="accepted",
                reason="forced",
                shared_at=NOON,
            )


@pytest.mark.django_db(transaction=True)
def test_racing_offers_leave_one_copy(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.9)
    memory = make_memory(ada, SECRET)
    gate, statuses = threading.Barrier(4), list[str]()

    def race() -> None:
        gate.wait()
        try:
            statuses.append(offer(ada.pk, bram.pk, memory.pk, NOON).status)
        finally:
            connection.close()

    racing = [threading.Thread(target=race) for _ in range(4)]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()
    assert sorted(statuses) == ["accepted", "refused", "refused", "refused"]
    assert Memory.objects.filter(owner=bram).count() == 1


# --- gossip ---------------------------------------------------------------------------------------


def test_what_is_told_of_others_is_gossip(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.9)
    odile, sam = make_character(), make_person()
    about: list[tuple[dict[str, Any], str]] = [
        ({}, "experience"),
        ({"about_character_id": ada.pk}, "experience"),
        ({"about_character_id": bram.pk}, "experience"),
        ({"about_character_id": odile.pk}, "gossip"),
        ({"about_person_id": sam.pk}, "gossip"),
        ({"told_by_person_id": sam.pk}, "gossip"),
        ({"told_by_character_id": odile.pk}, "gossip"),
    ]
    for n, (fields, kind) in enumerate(about):
        memory = make_memory(ada, f"Thing {n} happened at the quay.", **fields)
        copy = offer(ada.pk, bram.pk, memory.pk, NOON).copy
        assert copy is not None and copy.kind == kind, fields


def test_gossip_is_believed_less_at_every_mouth() -> None:
    """Invariant 9: trust in what is derived is at most the least of its sources', all along."""
    chain = [make_character() for _ in range(5)]
    sam = make_person()
    memory = make_memory(
        chain[0], SECRET, visibility=Visibility.INTIMATE, confidence=0.8, about_person_id=sam.pk
    )
    confidences, importances = [memory.confidence], [memory.importance]
    for teller, hearer in itertools.pairwise(chain):
        trusting(teller, hearer, 0.95, back=0.9)
        share = offer(teller.pk, hearer.pk, memory.pk, NOON)
        assert share.copy is not None
        memory = Memory.objects.get(pk=share.copy.pk)
        assert (memory.kind, memory.told_by_character) == ("gossip", teller)
        assert memory.visibility == Visibility.INTIMATE
        confidences.append(memory.confidence)
        importances.append(memory.importance)
    assert confidences == sorted(set(confidences), reverse=True)
    assert importances == sorted(set(importances), reverse=True)
    assert confidences[-1] == pytest.approx(0.8 * 0.96**4)


def test_it_comes_back_to_nobody_who_told_it(ada: Character, bram: Character) -> None:
    odile = make_character()
    for one, other in ((ada, bram), (bram, odile), (odile, ada)):
        trusting(one, other, 0.95, back=0.95)
    memory = make_memory(ada, SECRET)
    to_bram = offer(ada.pk, bram.pk, memory.pk, NOON)
    assert to_bram.copy is not None
    to_odile = offer(bram.pk, odile.pk, to_bram.copy.pk, NOON)
    assert to_odile.copy is not None
    assert offer(bram.pk, ada.pk, to_bram.copy.pk, NOON).reason == "It was they who told it."
    assert offer(odile.pk, ada.pk, to_odile.copy.pk, NOON).reason == "It is known already."
    assert Memory.objects.count() == 3


def test_what_was_told_is_told_on_under_the_same_rule(ada: Character, bram: Character) -> None:
    odile = make_character()
    trusting(ada, bram, 0.95)
    trusting(bram, odile, 0.6)
    memory = make_memory(ada, SECRET, visibility=Visibility.INTIMATE)
    copy = offer(ada.pk, bram.pk, memory.pk, NOON).copy
    assert copy is not None
    assert offer(bram.pk, odile.pk, copy.pk, NOON).status == "refused"
    with seen_by(bram.pk, Audience(characters=frozenset({odile.pk}))):
        assert not Memory.objects.exists()


# --- told in talk ---------------------------------------------------------------------------------


def said(
    speaker: Character,
    text: str,
    witnesses: tuple[Character, ...],
    *recalled: Memory,
    number: int = 1,
) -> Stretch:
    """A stretch of one line, said with these memories in mind."""
    conversation = make_conversation()
    message = make_message(conversation, speaker, text)
    line = Heard(
        message_id=message.pk,
        number=number,
        speaker=speaker.name,
        text=text,
        at=NOON,
        character_id=speaker.pk,
        recalled=tuple(memory.pk for memory in recalled),
    )
    return Stretch(
        conversation_id=conversation.pk,
        community_id=None,
        session_key=f"conversation:{conversation.pk}",
        lines=(line,),
        witnesses={number: frozenset(w.pk for w in (speaker, *witnesses))},
    )


TOLD = "Did you know that Odile keeps a sextant from the wreck under the chapel stairs?"


def test_telling_it_in_talk_is_a_recorded_share(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.75, back=0.5)
    memory = make_memory(
        ada, SECRET, visibility=Visibility.INTIMATE, confidence=0.9, importance=9.0
    )
    stretch = said(ada, TOLD, (bram,), memory)
    traces.trace(stretch)
    share = MemoryShare.objects.get()
    assert (share.source_character, share.target_character) == (ada, bram)
    assert (share.status, share.message_id, share.shared_at) == (
        "accepted",
        stretch.lines[0].message_id,
        NOON,
    )
    trace = share.copy
    assert trace is not None
    assert trace == Memory.objects.get(owner=bram)  # one row, no second one beside it
    assert trace.content == f"Ada said: “{TOLD}”"
    assert (trace.provenance, trace.told_by_character) == ("told", ada)
    assert trace.visibility == Visibility.INTIMATE
    assert trace.confidence == pytest.approx(0.9 * 0.8)
    assert trace.importance == pytest.approx(7.2)
    assert list(trace.sources.values_list("from_memory", flat=True)) == [memory.pk]


def test_what_wasn_t_told_is_no_share(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.9)
    memory = make_memory(ada, SECRET, visibility=Visibility.INTIMATE)
    traces.trace(said(ada, "The bread was good this morning, wasn't it?", (bram,), memory))
    assert not MemoryShare.objects.exists()
    assert Memory.objects.get(owner=bram).provenance == "witnessed"


def test_each_who_hears_it_gets_an_offer_of_its_own(ada: Character, bram: Character) -> None:
    """And who was told beyond trust has no memory of it, by whatever way the words came out."""
    near, far, doubter = make_character(), make_character(), make_character()
    trusting(ada, near, 0.8)
    trusting(ada, far, 0.4)
    trusting(ada, doubter, 0.8, back=0.1)
    memory = make_memory(ada, SECRET, visibility=Visibility.INTIMATE)
    traces.trace(said(ada, TOLD, (bram, near, far, doubter), memory))
    outcome = dict(MemoryShare.objects.values_list("target_character", "status"))
    assert outcome == {
        bram.pk: "refused",
        near.pk: "accepted",
        far.pk: "refused",
        doubter.pk: "refused",
    }
    assert set(Memory.objects.exclude(owner=ada).values_list("owner", flat=True)) == {
        near.pk,
        doubter.pk,  # it was there, and heard the words
    }
    unbelieved = Memory.objects.get(owner=doubter)
    assert unbelieved.provenance == "witnessed"
    assert unbelieved.confidence == pytest.approx(0.64)
    assert unbelieved.visibility == Visibility.INTIMATE


def test_a_public_thing_is_heard_by_strangers_but_not_shared(
    ada: Character, bram: Character
) -> None:
    memory = make_memory(ada, SECRET, visibility=Visibility.PUBLIC)
    traces.trace(said(ada, TOLD, (bram,), memory))
    assert MemoryShare.objects.get().status == "refused"
    assert Memory.objects.get(owner=bram).provenance == "witnessed"


def test_a_private_thing_that_slipped_out_stays_nobody_s(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 1.0)
    memory = make_memory(ada, SECRET, visibility=Visibility.PRIVATE)
    traces.trace(said(ada, TOLD, (bram,), memory))
    assert MemoryShare.objects.get().status == "refused"
    assert not Memory.objects.filter(owner=bram).exists()


def test_telling_it_again_is_no_news(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.9)
    memory = make_memory(ada, SECRET)
    for _ in range(5):
        traces.trace(said(ada, TOLD, (bram,), memory))
    assert Memory.objects.count() == 2
    assert sorted(MemoryShare.objects.values_list("status", flat=True)) == [
        "accepted",
        *["refused"] * 4,
    ]


def test_a_stretch_formed_twice_is_told_once(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.9)
    memory = make_memory(ada, SECRET)
    stretch = said(ada, TOLD, (bram,), memory)
    for _ in range(2):
        traces.trace(stretch)
    assert MemoryShare.objects.count() == 1
    assert Memory.objects.count() == 2


def test_who_tells_of_lore_shares_nothing(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.9)
    lore = make_memory(None, SECRET, visibility=Visibility.PUBLIC)
    traces.trace(said(ada, TOLD, (bram,), lore))
    assert not MemoryShare.objects.exists()
    assert Memory.objects.filter(owner=bram).count() == 1


def test_two_memories_in_one_line_are_two_shares(ada: Character, bram: Character) -> None:
    trusting(ada, bram, 0.9)
    one = make_memory(ada, "Odile keeps a sextant.", confidence=0.9)
    two = make_memory(ada, "The wreck lies under the chapel.", confidence=0.5)
    traces.trace(said(ada, TOLD, (bram,), one, two))
    assert MemoryShare.objects.filter(status="accepted").count() == 2
    trace = Memory.objects.get(owner=bram)
    assert MemoryShare.objects.get(copy__isnull=False).copy == trace
    assert trace.confidence <= 0.5
    assert set(trace.sources.values_list("from_memory", flat=True)) == {one.pk, two.pk}


def test_the_figures_of_sharing_are_those_of_the_view() -> None:
    for visibility in set(Visibility) - {Visibility.PRIVATE, Visibility.PUBLIC}:
        assert judge(visibility, 1.0, 1.0).required == REQUIRED_TRUST[visibility]
    assert sharing.LEVELS.keys() == set(Visibility) - {Visibility.PRIVATE}


def test_what_is_forgotten_can_t_be_offered(ada: Character, bram: Character) -> None:
    memory = make_memory(ada, SECRET)
    pk = memory.pk
    memory.delete()
    with pytest.raises(Memory.DoesNotExist):
        offer(ada.pk, bram.pk, pk, NOON + dt.timedelta(days=1))
