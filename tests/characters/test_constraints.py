"""The database itself holds the invariants of who exists."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from characters.models import (
    CardSource,
    Character,
    CharacterState,
    CharacterVersion,
    CommunicationStyle,
    Community,
    Contribution,
    CreativeProject,
    EmotionBaseline,
    EmotionLevel,
    FormativeMemory,
    Goal,
    Insight,
    InsightLink,
    Interest,
    KnowledgeArea,
    LearningEvent,
    MaterialUse,
    Membership,
    MoodChange,
    Opinion,
    OpinionEvidence,
    Person,
    Persona,
    PersonPreference,
    ProjectMember,
    Reflection,
    Relationship,
    RelationshipEvent,
    SelfModification,
    SpeechStyle,
    Trigger,
    WorkspaceFile,
    WorkspaceFileVersion,
)
from memories.embedding.embedding import active_model, embed
from tests.builders import (
    NOON,
    make_character,
    make_community,
    make_evidence,
    make_file,
    make_insight,
    make_mood_change,
    make_opinion,
    make_person,
    make_project,
    make_relationship,
    make_relationship_event,
)
from tests.constraints import attempts, breaks_itself, named, put, refused_by

pytestmark = pytest.mark.django_db
CONSTRAINTS = named("characters")
BY_PATTERN = [name for name, (_, c) in CONSTRAINTS.items() if breaks_itself(c)]


def rows() -> dict[type, Any]:
    """A valid row of every model of the app."""
    character, other = make_character(), make_character()
    bond = make_relationship(character, other)
    file, project = make_file(character), make_project(character)
    opinion = make_opinion(character, "tides")
    return {
        Character: character,
        Persona: character.persona,
        SpeechStyle: character.style,
        CharacterState: character.state,
        Community: make_community(),
        Person: make_person(),
        Membership: Membership.objects.create(
            community=make_community(discord_id=7), person=make_person()
        ),
        Interest: Interest.objects.create(character=character, topic="tides"),
        KnowledgeArea: KnowledgeArea.objects.create(character=character, topic="tides"),
        FormativeMemory: FormativeMemory.objects.create(
            character=character, title="The ice", content="It broke."
        ),
        Trigger: Trigger.objects.create(character=character, kind="topic", pattern="ice"),
        Goal: Goal.objects.create(character=character, goal_id="g", description="Rest."),
        MaterialUse: MaterialUse.objects.create(character=character, key="k", last_used_at=NOON),
        EmotionBaseline: character.emotion_baselines.get(emotion="joy"),
        EmotionLevel: EmotionLevel.objects.create(
            character=character, emotion="joy", value=0.5, felt_at=NOON
        ),
        MoodChange: make_mood_change(character),
        Relationship: bond,
        RelationshipEvent: make_relationship_event(bond),
        Opinion: opinion,
        OpinionEvidence: make_evidence(opinion, other),
        CommunicationStyle: CommunicationStyle.objects.create(person=make_person()),
        WorkspaceFile: file,
        WorkspaceFileVersion: file.versions.get(),
        CreativeProject: project,
        ProjectMember: project.parts.get(),
        Contribution: contribution(project),
        CardSource: CardSource.objects.create(
            character=character, label="c.json", format="json", content=b"{}", imported_at=NOON
        ),
        Insight: make_insight(character),
        InsightLink: link(make_insight(character), make_insight(character)),
        LearningEvent: LearningEvent.objects.create(
            character=character, learning_event="x", learning_type="insight", learning_date=NOON
        ),
        Reflection: Reflection.objects.create(
            character=character, kind="interval", occurred_at=NOON
        ),
        SelfModification: SelfModification.objects.create(
            character=character, field="persona.openness", reason="x"
        ),
        CharacterVersion: version(character),
    }


def link(one: Insight, other: Insight) -> InsightLink:
    return InsightLink.objects.create(
        from_insight=one, to_insight=other, relationship_type="supports"
    )


def version(character: Character) -> CharacterVersion:
    return CharacterVersion.objects.create(
        character=character, number=7, snapshot={}, reason="x", created_at=NOON
    )


def contribution(project: CreativeProject) -> Contribution:
    return Contribution.objects.create(
        project=project,
        character=project.started_by,
        number=1,
        content="The kettle.",
        contributed_at=NOON,
    )


@pytest.mark.parametrize("name", BY_PATTERN)
def test_it_holds_ranges_and_known_values(name: str) -> None:
    model, constraint = CONSTRAINTS[name]
    row = rows()[model]
    for attempt in attempts(constraint, row):
        with refused_by(name):
            attempt()


def break_active_hours() -> None:
    Character.objects.filter(pk=make_character().pk).update(active_hours_start=dt.time(9))


def break_caseless_name() -> None:
    make_character("Odile", slug="odile")
    make_character("ODILE", slug="odile-2")


def break_two_local_communities() -> None:
    make_community()
    Community.objects.create(name="Another")


def break_local_username() -> None:
    make_person("Ada")
    make_person("ADA")


def break_membership() -> None:
    person = make_person()
    Membership.objects.create(person=person, community=make_community())


def break_preference() -> None:
    person = make_person()
    for value in ("short", "long"):
        PersonPreference.objects.create(person=person, key="length", value=value)


def twice(model: type, **fields: Any) -> None:
    character = make_character()
    for _ in range(2):
        model.objects.create(character=character, **fields)  # type: ignore[attr-defined]


def break_interest_vector() -> None:
    interest = Interest.objects.create(character=make_character(), topic="tides")
    put(interest, embedding=str(embed(["tides"])[0].to_list()))


def break_interest_model() -> None:
    interest = Interest.objects.create(character=make_character(), topic="tides")
    put(interest, embedding_model_id=active_model().pk)


def break_mood_cap() -> None:
    make_mood_change(make_character(), delta_valence=0.21, valence=0.21)


def break_mood_cap_downward() -> None:
    make_mood_change(make_character(), delta_arousal=-0.21)


def break_target_none() -> None:
    bond = make_relationship(make_character(), make_character())
    put(bond, to_character_id=None)


def break_target_both() -> None:
    bond = make_relationship(make_character(), make_character())
    put(bond, to_person_id=make_person().pk)


def break_self() -> None:
    character = make_character()
    make_relationship(character, character)


def break_pair() -> None:
    one, other = make_character(), make_character()
    make_relationship(one, other)
    make_relationship(one, other)


def break_pair_nowhere() -> None:
    one, other = make_character(), make_character()
    make_relationship(one, other, community=None)
    make_relationship(one, other, community=None)


def break_pair_with_person() -> None:
    one, person = make_character(), make_person()
    make_relationship(one, person)
    make_relationship(one, person)


def break_path_case() -> None:
    one = make_file(make_character(), "notes/a.md")
    WorkspaceFile.objects.create(character=one.character, path="notes/A.md")


def break_version_number() -> None:
    file = make_file(make_character())
    WorkspaceFileVersion.objects.create(file=file, number=1, written_at=NOON)


def break_member() -> None:
    project = make_project(make_character())
    ProjectMember.objects.create(project=project, character=project.started_by, invited_at=NOON)


def break_contribution_number() -> None:
    project = make_project(make_character())
    contribution(project)
    contribution(project)


def break_habits() -> None:
    person = make_person()
    for _ in range(2):
        CommunicationStyle.objects.create(person=person)


def break_argument() -> None:
    one = make_character()
    put(make_evidence(make_opinion(one, "tides"), one), person_id=make_person().pk)


def an_opinion() -> Opinion:
    return make_opinion(make_character(), "tides")


def break_opinion_twice() -> None:
    character = make_character()
    for _ in range(2):
        make_opinion(character, "tides", community=None)


def a_file() -> WorkspaceFile:
    return make_file(make_character())


def break_quarrel() -> None:
    put(make_relationship(make_character(), make_character()), repair_since=NOON)


def break_milestone() -> None:
    bond = make_relationship(make_character(), make_character())
    for _ in range(2):
        make_relationship_event(bond, milestone="friend")


def break_link() -> None:
    one = make_insight(make_character())
    link(one, one)


def break_link_twice() -> None:
    character = make_character()
    one, other = make_insight(character), make_insight(character)
    link(one, other)
    link(one, other)


def break_version_twice() -> None:
    character = make_character()
    version(character)
    version(character)


def page(**fields: Any) -> None:
    day = {"day": NOON.date()}
    twice(Reflection, **{"kind": "diary", "occurred_at": NOON, **day, **fields})


BY_HAND: list[tuple[str, Any]] = [
    ("insight_has_content", lambda: put(make_insight(make_character()), insight_content="")),
    (
        "insight_unique_content",
        lambda: twice(
            Insight, insight_content="It is so.", insight_type="self", discovery_date=NOON
        ),
    ),
    ("insightlink_not_to_itself", break_link),
    ("insightlink_unique", break_link_twice),
    ("characterversion_unique_number", break_version_twice),
    (
        "selfmodification_one_proposal",
        lambda: twice(SelfModification, field="persona.openness", reason="x"),
    ),
    ("reflection_one_a_day", page),
    ("reflection_day_of_pages", lambda: page(day=None)),
    ("reflection_day_of_pages", lambda: page(kind="interval")),
    ("opinion_topic_lowercase", lambda: put(an_opinion(), topic="Tides")),
    ("opinion_topic_lowercase", lambda: put(an_opinion(), topic="")),
    ("opinion_formed_by_talk", lambda: put(an_opinion(), discussion_count=2)),
    ("opinion_unique_topic", break_opinion_twice),
    ("opinionevidence_one_of_two", break_argument),
    ("communicationstyle_unique", break_habits),
    ("workspacefile_size_true", lambda: put(a_file(), size=1)),
    ("workspacefileversion_size_true", lambda: put(a_file().versions.get(), content="")),
    ("workspacefile_one_space", lambda: put(a_file(), community_id=make_community().pk)),
    ("workspacefile_unique_path", break_path_case),
    ("workspacefile_path_plain", lambda: put(a_file(), path="../a.md")),
    ("workspacefileversion_unique_number", break_version_number),
    (
        "creativeproject_finished_has_time",
        lambda: put(make_project(make_character()), status="finished"),
    ),
    ("projectmember_unique", break_member),
    ("contribution_unique_number", break_contribution_number),
    (
        "contribution_decided_has_time",
        lambda: put(contribution(make_project(make_character())), accepted=True),
    ),
    ("character_active_hours_whole", break_active_hours),
    ("character_name_unique_caseless", break_caseless_name),
    ("community_unique_discord_id", break_two_local_communities),
    ("person_local_username_unique", break_local_username),
    ("membership_unique", break_membership),
    ("personpreference_unique", break_preference),
    ("interest_unique_topic", lambda: twice(Interest, topic="tides")),
    ("interest_embedding_names_model", break_interest_vector),
    ("interest_embedding_names_model", break_interest_model),
    ("knowledgearea_unique_topic", lambda: twice(KnowledgeArea, topic="tides")),
    ("formativememory_unique_title", lambda: twice(FormativeMemory, title="Ice", content="!")),
    ("trigger_unique_pattern", lambda: twice(Trigger, kind="topic", pattern="ice")),
    ("materialuse_unique_key", lambda: twice(MaterialUse, key="k", last_used_at=NOON)),
    ("moodchange_delta_capped", break_mood_cap),
    ("moodchange_delta_capped", break_mood_cap_downward),
    ("relationship_one_target", break_target_none),
    ("relationship_one_target", break_target_both),
    ("relationship_not_to_self", break_self),
    ("relationship_unique_character", break_pair),
    ("relationship_unique_character", break_pair_nowhere),
    ("relationship_unique_person", break_pair_with_person),
    ("relationship_repair_whole", break_quarrel),
    ("relationshipevent_milestone_once", break_milestone),
    ("emotionbaseline_unique", lambda: twice(EmotionBaseline, emotion="joy", value=0.5)),
    ("emotionlevel_unique", lambda: twice(EmotionLevel, emotion="joy", value=0.5, felt_at=NOON)),
]


@pytest.mark.parametrize(("name", "broken"), BY_HAND)
def test_it_refuses(name: str, broken: Any) -> None:
    with refused_by(name):
        broken()


def test_it_breaks_every_named_constraint() -> None:
    assert {*BY_PATTERN, *(name for name, _ in BY_HAND)} == set(CONSTRAINTS)


def test_it_has_one_slug_and_one_goal_id() -> None:
    make_character("Odile", slug="odile")
    with refused_by("characters_character_slug_key"):
        make_character("Other", slug="odile")
    twin = make_character()
    Goal.objects.create(character=twin, goal_id="g", description="Rest.")
    with refused_by("characters_goal_goal_id_key"):
        Goal.objects.create(character=make_character(), goal_id="g", description="Rest.")


def test_it_lets_two_members_of_guilds_be_called_alike() -> None:
    make_person("Ada", discord_id=1)
    make_person("Ada", discord_id=2)
    make_person("Ada")


def test_it_lets_time_move_a_mood_farther_than_one_exchange_may() -> None:
    make_mood_change(make_character(), delta_valence=0.5, trigger_type="time_decay")


def test_it_keeps_relationships_apart_by_community() -> None:
    one, other = make_character(), make_character()
    make_relationship(one, other)
    make_relationship(one, other, community=make_community(discord_id=5))
    make_relationship(one, other, community=None)


def test_it_lets_all_that_belongs_to_a_character_go_with_it() -> None:
    everything = rows()
    everything[Character].delete()
    for model in (Persona, Interest, Goal, MoodChange, Relationship, RelationshipEvent):
        assert not model.objects.filter(pk=everything[model].pk).exists()
