"""What a society leaves in its tables, seen after a restart on pages and in what reads them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from audit.models import FileOperation
from characters.models import (
    EmotionBaseline,
    Insight,
    InsightLink,
    LearningEvent,
    Membership,
    MoodChange,
    WorkspaceFile,
    WorkspaceFileVersion,
)
from conversations import corrections
from conversations.afterwards import analytics
from conversations.models import (
    CareNotice,
    CommunityHealth,
    ConversationAnalytics,
    MessageEdit,
    ModerationCase,
    Participant,
    Reaction,
    ToolUse,
    TopicTransition,
    TurnMemory,
)
from conversations.people.erasure import forget_person
from conversations.turns import toolbox
from memories.models import ErasureReceipt, MemoryLink, MemoryRevision
from memories.reflection import lived
from memories.reflection.talk import told_otherwise
from memories.view import Audience
from tests.builders import (
    NOON,
    make_care_notice,
    make_case,
    make_health,
    make_insight,
    make_memory,
    make_message,
    make_mood_change,
    make_person,
    make_reaction,
    make_tool_use,
    make_turn,
)
from tests.conversations.village import (
    LATER,
    Effect,
    Process,
    Village,
    listed,
    on_its_page,
    require_seen_in_the_next_process,
)

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = dt.timedelta(hours=1)


def baseline(v: Village) -> None:
    EmotionBaseline.objects.update_or_create(
        character=v.mara, emotion="joy", defaults={"value": 0.93}
    )


def sway(v: Village) -> None:
    make_mood_change(v.mara, description="the lamp went out", recorded_at=NOON)


def lesson(v: Village) -> None:
    LearningEvent.objects.create(
        character=v.mara, learning_event="Mara has grown gentler with Bram.",
        learning_type="relationship", learning_date=NOON,
    )  # fmt: skip


def insights_linked(v: Village) -> None:
    one = make_insight(v.mara, "Bram is at his best at sea.")
    other = make_insight(v.mara, "Bram is at his worst at sea.")
    InsightLink.objects.create(from_insight=one, to_insight=other, relationship_type="contradicts")


def memories_linked(v: Village) -> None:
    first, then = (
        make_memory(v.mara, text, visibility="public", occurred_at=NOON)
        for text in ("The ferry sails at six.", "The ferry sails at nine.")
    )
    MemoryLink.objects.create(from_memory=then, to_memory=first, link_type="contradicts")


def revised(v: Village) -> None:
    row = make_memory(v.mara, "The buoy is red.")
    MemoryRevision.objects.create(
        memory=row, content_before="The buoy is green.", content_after=row.content,
        reason="admin", revised_at=NOON,
    )  # fmt: skip


def figures(v: Village) -> None:
    for n in range(6):
        make_message(v.talk, v.bram, f"And the tide, number {n}?", at=NOON)
    analytics.calculate(v.talk.pk, LATER)
    TopicTransition.objects.create(
        conversation=v.talk, from_topic="ferries", to_topic="turnips", message=v.asked,
        similarity=0.1, occurred_at=NOON,
    )  # fmt: skip


def written(v: Village) -> None:
    toolbox.write_file(
        hands(v), toolbox.WriteFile(path="notes/tide.md", content="High at nine, and rising.")
    )


def read_back(p: Process) -> str:
    try:
        return toolbox.read_file(hands(p.village), toolbox.ReadFile(path="notes/tide.md"))
    except toolbox.NotDone:
        return ""


def hands(v: Village) -> toolbox.Hands:
    return toolbox.Hands(v.mara, v.room, Audience(), LATER, v.talk.pk, v.asked)


def thought_of(v: Village) -> None:
    turn = make_turn(v.talk, v.mara, status="done", answers=v.asked)
    row = make_memory(v.mara, "The pilot owes Mara a herring.", visibility="public")
    TurnMemory.objects.create(turn=turn, memory=row, rank=1, score=0.7)
    make_tool_use(turn, name="schedule", result="It is planned for Friday.")


def why(p: Process) -> str:
    turn = p.village.talk.turns.filter(status="done").first()
    return p.page(reverse("why", args=[turn.pk])) if turn else ""


def edited(v: Village) -> None:
    line = make_message(v.talk, v.ada, "The heron is grey.", at=NOON)
    corrections.edit_message(line.pk, "The heron is white.", LATER)
    make_reaction(line, v.bram, emoji="🐟")


def belongs(v: Village) -> None:
    Membership.objects.update_or_create(
        community=v.room.community, person=v.ada, defaults={"nickname": "Captain Ada"}
    )


def fares(v: Village) -> None:
    for days in (0, 1):
        make_health(v.room.community, day=NOON.date() - dt.timedelta(days=days), novelty=0.4)


def forgotten(v: Village) -> None:
    forget_person(make_person("Egon"), "the night watch", NOON)


def newcomer(v: Village) -> None:
    Participant.objects.create(
        conversation=v.talk, person=make_person("Dunja"), joined_at=NOON + HOUR / 10
    )


PAGES = [
    Effect(
        newcomer,
        lambda p: p.village.mind(trigger="newcomer", move="greet").addressee == "Dunja",
        (Participant,),
    ),
    Effect(baseline, on_its_page("rests at 93 %"), (EmotionBaseline,)),
    Effect(sway, on_its_page("the lamp went out"), (MoodChange,)),
    Effect(lesson, on_its_page("grown gentler with Bram"), (LearningEvent,)),
    Effect(
        insights_linked,
        listed("characters", "insightlink", "at his worst at sea"),
        (Insight, InsightLink),
    ),
    Effect(
        memories_linked,
        lambda p: [
            found.content
            for found in told_otherwise(lived.load(p.village.mara, NOON - HOUR, LATER))
        ],
        (MemoryLink,),
    ),
    Effect(revised, listed("memories", "memoryrevision", "The buoy is green."), (MemoryRevision,)),
    Effect(
        figures,
        lambda p: (
            listed("conversations", "topictransition", "turnips")(p)
            and "/change/"
            in p.page(reverse("admin:conversations_conversationanalytics_changelist"))
        ),
        (ConversationAnalytics, TopicTransition),
    ),
    Effect(
        written,
        lambda p: (
            read_back(p) == "High at nine, and rising."
            and listed("audit", "fileoperation", "notes/tide.md")(p)
        ),
        (WorkspaceFile, WorkspaceFileVersion, FileOperation),
    ),
    Effect(
        thought_of,
        lambda p: "owes Mara a herring" in why(p) and "planned for Friday" in why(p),
        (TurnMemory, ToolUse),
    ),
    Effect(
        edited,
        lambda p: (
            "🐟" in p.page(reverse("room", args=[p.village.room.pk]))
            and listed("conversations", "messageedit", "The heron is grey.")(p)
        ),
        (MessageEdit, Reaction),
    ),
    Effect(belongs, listed("characters", "membership", "Captain Ada"), (Membership,)),
    Effect(fares, lambda p: "Novelty of words" in p.page(reverse("community")), (CommunityHealth,)),
    Effect(
        lambda v: make_care_notice(v.asked),
        listed("conversations", "carenotice", "Ada"),
        (CareNotice,),
    ),
    Effect(
        lambda v: make_case(v.ada, text="Fie upon it!", channel=v.room),
        listed("conversations", "moderationcase", "Fie upon it!"),
        (ModerationCase,),
    ),
    Effect(forgotten, listed("memories", "erasurereceipt", "the night watch"), (ErasureReceipt,)),
]


def test_pages_show_what_was_lived_before_a_restart() -> None:
    require_seen_in_the_next_process(PAGES, first=False)  # nobody else says such things
