"""What else a society leaves in its tables, seen after a restart: before a speaker's mind, as it is
asked, on a page, or in what the next process does."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.configuration import configuration
from audit.models import SystemConfiguration
from characters.models import (
    Contribution,
    FormativeMemory,
    Insight,
    Interest,
    Person,
    Reflection,
    RelationshipEvent,
    SpeechStyle,
)
from conversations.afterwards import analytics
from conversations.models import (
    Agreement,
    Channel,
    ConversationContext,
    Proposal,
    ProposalVote,
    Reliance,
    Scenario,
)
from fishbowl.llm.types import Brief
from memories.formation import commonground
from memories.formation.entities import mention, relate, resolve
from memories.formation.findings import Named
from memories.formative import remember_formative
from memories.lore import lore, lorefiles
from memories.models import (
    Contagion,
    Entity,
    EntityAlias,
    EntityMention,
    EntityRelation,
    FactAssociation,
    LoreChunk,
    LoreDocument,
    MemoryShare,
    PersonFact,
)
from tests.builders import (
    NOON,
    make_agreement,
    make_insight,
    make_memory,
    make_message,
    make_person,
    make_project,
    make_proposal,
    make_relationship,
    make_relationship_event,
    make_reliance,
    make_scenario,
)
from tests.conversations.village import (
    Effect,
    Village,
    listed,
    on_its_page,
    require_seen_in_the_next_process,
)

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = dt.timedelta(hours=1)


# --- what a speaker has in mind -------------------------------------------------------------------


def insight(v: Village) -> None:
    configuration.set_value("reflection", "surface_chance", 0.1)
    text = "The ferry is late whenever Bram is cross."
    kept = make_memory(v.mara, text, kind="insight", visibility="public", occurred_at=NOON)
    make_insight(
        v.mara, text, triggers=["ferry"], confidence_score=0.8, importance_level=6, memory=kept
    )


def dream(v: Village) -> None:
    text = "Mara dreamt that the eels held a fair."
    made = make_memory(v.mara, text, kind="dream", visibility="public", occurred_at=NOON)
    Reflection.objects.create(
        character=v.mara, kind="dream", content=text, memory=made, day=NOON.date(),
        visibility="public", occurred_at=NOON,
    )  # fmt: skip


def common(v: Village) -> None:
    ben = make_person("Ben")
    Person.objects.update(consent_level=Person.Consent.FULL)
    for person, content in ((v.ada, "Ada loves chess."), (ben, "Ben likes chess.")):
        PersonFact.objects.create(
            person=person, character=v.mara, community=v.room.community, fact_content=content,
            learned_at=NOON, confidence=0.8, visibility="public",
        )  # fmt: skip
    commonground.find([v.mara.pk], NOON)


def leaning(v: Village) -> None:
    make_reliance(v.ada, level=0.95)


def agreeing(v: Village) -> None:
    make_agreement(v.mara, v.ada, answers=40, agreed=40)


def share(v: Village) -> None:
    configuration.set_value("memory", "confide_chance", 1.0)
    make_relationship(v.mara, v.bram, trust=0.9)
    fields = {"visibility": "public", "occurred_at": NOON}
    told = make_memory(v.mara, "Mara found a sextant in the chapel.", importance=9.0, **fields)
    make_memory(v.mara, "Mara sold the blue dinghy at Oban.", importance=8.0, **fields)
    MemoryShare.objects.create(
        source_character=v.mara, target_character=v.bram, memory=told, permission_level="intimate",
        trust_level_at_sharing=0.2, trust_required=0.6, status="refused", reason="too new",
        shared_at=NOON,
    )  # fmt: skip


def entity(v: Village) -> None:
    known = [
        make_memory(v.mara, text, visibility="public", occurred_at=NOON)
        for text in (
            "Halcyon lost her mast off the skerry.",
            "Perle lost her mast off the skerry, too.",
            "Everybody calls the Halcyon Gudrun.",
            "Gerd is Sigrid's sister.",
        )
    ]
    named = [
        Named("Halcyon", aliases=("Gudrun",)),
        Named("Sigrid", "person"),
        Named("Gerd", "person"),
    ]
    found = resolve(named, v.room.community_id)
    mention({one.pk: one.content for one in known}, found)
    relate(
        found["Gerd"], "sister of", found["Sigrid"], evidence=known[3].pk, at=NOON, confidence=0.8
    )


def lore_(v: Village) -> None:
    text = b"# The skerry\n\nThe skerry was a ferry once, a giant turned it into stone."
    lore.ingest(lorefiles.read(text, "skerry.md", source="skerry.md", suffix=".md"))


def contagion(v: Village) -> None:
    Contagion.objects.create(
        community=v.room.community, kind="phrase", text="upon my barnacle", first_seen_at=NOON,
        last_seen_at=NOON,
    )  # fmt: skip


def vote(v: Village) -> None:
    row = make_proposal(v.asked, content="paint the buoy", channel=v.room)
    ProposalVote.objects.create(
        proposal=row, character=v.mara, is_for=True, message=v.asked, voted_at=NOON
    )


def contribution(v: Village) -> None:
    project = make_project(v.mara, title="The Late Ferry", community=v.room.community)
    Contribution.objects.create(
        project=project, character=v.mara, number=1, content="Late again, late again.",
        accepted=True, contributed_at=NOON, decided_at=NOON,
    )  # fmt: skip


def interest(v: Village) -> None:
    Interest.objects.create(character=v.mara, topic="knots", weight=0.9)


def style(v: Village) -> None:
    SpeechStyle.objects.filter(character=v.mara).update(signature_phrases=["By the bell!"])


def called(v: Village) -> None:
    Person.objects.filter(pk=v.ada.pk).update(custom_name="Adalind")


def room(v: Village) -> None:
    scene = make_scenario(premise="The lamps have gone out.")
    Channel.objects.filter(pk=v.room.pk).update(scenario=scene, topic="lamps")
    v.room.refresh_from_db()


def context(v: Village) -> None:
    for text in ("Why is that?", "Who says so?", "And when?", "Where would they go?"):
        make_message(v.talk, v.bram, text, at=NOON)
        make_message(v.talk, v.ada, f"What do you mean: {text}", at=NOON)
    analytics.take_stock(v.talk.pk)


def formative(v: Village) -> None:
    FormativeMemory.objects.create(
        character=v.mara, title="The cod", content="Mara once won a cod at a raffle in Stavanger."
    )
    remember_formative(v.mara)
    make_relationship(v.mara, v.ada, trust=0.6)


def met(v: Village) -> None:
    bond = make_relationship(v.mara, make_person("Cyrus"))
    for other in (bond, make_relationship(v.mara, v.bram, community=None)):
        for _ in range(3 if other is bond else 6):
            make_relationship_event(other, occurred_at=NOON)


MINDS = [
    Effect(insight, lambda p: p.brief.insight, (Insight, SystemConfiguration)),
    Effect(
        common,
        lambda p: p.brief.common and "Ben likes chess." in p.brief.common.other,
        (FactAssociation, PersonFact),
    ),
    Effect(leaning, lambda p: p.brief.care.leans, (Reliance,)),
    Effect(agreeing, lambda p: p.brief.care.agrees, (Agreement,)),
    Effect(
        share, lambda p: p.brief.to_tell and "dinghy" in p.brief.to_tell.text, (MemoryShare,)
    ),
    Effect(
        entity,
        lambda p: first(p.asked("Mara, is it so that Gudrun lost her mast?")).startswith("Halcyon")
        and listed("memories", "entityrelation", "sister of")(p),
        (Entity, EntityAlias, EntityMention, EntityRelation),
    ),
    Effect(
        lore_,
        lambda p: any("giant" in x for x in p.asked("Mara, what was the skerry once?").lore),
        (LoreDocument, LoreChunk),
    ),
    Effect(contagion, lambda p: "upon my barnacle" in p.brief.worn, (Contagion,)),
    Effect(
        vote, lambda p: "for" in [x.side for x in p.brief.customs], (Proposal, ProposalVote)
    ),
    Effect(
        contribution,
        lambda p: p.brief.works and p.brief.works[0].begins.startswith("Late"),
        (Contribution,),
    ),
    Effect(interest, lambda p: ("knots", 0.9) in p.brief.interests, (Interest,)),
    Effect(style, lambda p: "By the bell!" in p.brief.voice.signature_phrases, (SpeechStyle,)),
    Effect(called, lambda p: p.brief.addressee == "Adalind", (Person,)),
    Effect(
        room,
        lambda p: (p.brief.scenario, p.brief.room_topic) == ("The lamps have gone out.", "lamps"),
        (Channel, Scenario),
    ),
    Effect(context, lambda p: p.brief.talk, (ConversationContext,)),
    Effect(
        formative,
        lambda p: mentions(p.asked("Mara, did you once win a cod at a raffle?"), "cod"),
        (FormativeMemory,),
    ),
    Effect(
        met,
        lambda p: p.asked("Mara, who do you talk with most?").figures.startswith("Bram, 6 times"),
        (RelationshipEvent,),
    ),
    Effect(
        dream,
        lambda p: "eels" in getattr(p.asked("Mara, did you dream?").own_memory, "text", "")
        and on_its_page("the eels held a fair")(p),
        (Reflection,),
    ),
]  # fmt: skip


def mentions(brief: Brief, word: str) -> bool:
    return any(word in one.text for one in brief.memories)


def first(brief: Brief) -> str:
    return brief.memories[0].text if brief.memories else ""


def test_a_speaker_has_in_mind_what_was_lived_before_a_restart() -> None:
    require_seen_in_the_next_process(MINDS)
