"""Two communities of one deployment: what characters make of the one is nothing to the other."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence

import pytest
from django.test import Client
from django.utils import timezone

from characters.models import (
    Character,
    CharacterState,
    Community,
    Goal,
    Insight,
    Membership,
    Person,
    Reflection,
    Relationship,
    WorkspaceFile,
)
from conversations.initiative import activity, intentions
from conversations.models import Channel, Message, Participant
from conversations.people.erasure import forget_person
from conversations.people.export import export_person
from conversations.turns import outlook
from conversations.turns.briefing import load_brief
from conversations.turns.toolbox import Hands, NotDone, ReadFile, SetGoal, read_file, set_goal
from conversations.why import reasons
from conversations.wishes.cast import describe
from fishbowl.llm.types import Brief
from fishbowl.statements import together
from memories import workspace
from memories.models import Memory, PersonFact
from memories.reflection import days, figures, thinking
from memories.view import Audience, seen_by
from tests.builders import (
    NOON,
    make_call,
    make_channel,
    make_character,
    make_community,
    make_conversation,
    make_memory,
    make_message,
    make_mood_change,
    make_opinion,
    make_person,
    make_project,
    make_relationship,
    make_relationship_event,
    make_turn,
)

pytestmark = pytest.mark.django_db(transaction=True)

MINUTE = dt.timedelta(minutes=1)
EVENING = NOON + dt.timedelta(hours=9)
SECRET = "walrus"


@pytest.fixture
def guild() -> Community:
    return make_community(discord_id=11)


@pytest.fixture
def other() -> Community:
    return make_community(discord_id=22)


@pytest.fixture
def ada() -> Character:
    one = make_character("Ada", goals=("Mend the old boat before winter.",))
    # Of no community, as all that made her is; it comes to mind beside what she thinks about.
    make_memory(one, "As a girl Ada kept coming back to Ben.", provenance="own")
    return one


@pytest.fixture
def ben() -> Character:
    return make_character("Ben")


def live(
    community: Community,
    owner: Character,
    said: Sequence[tuple[Character | Person, str]],
    at: dt.datetime = NOON,
    *,
    visibility: str = "public",
    topic: str = "the walrus",
) -> None:
    """Talks in a room of a guild, as `owner` remembers them: another after every third line."""
    room = in_guild(community)
    for n, (by, text) in enumerate(said):
        if n % 3 == 0:
            talk = make_conversation(room, status="closed", topic=topic)
        when = at + n * MINUTE
        message = make_message(talk, by, text, at=when)
        make_memory(
            owner,
            f"{by.name} said: “{text}”",
            text=text,
            kind="conversation",
            occurred_at=when,
            community_id=community.pk,
            source_message_id=message.pk,
            source_conversation_id=talk.pk,
            told_by_person_id=by.pk if isinstance(by, Person) else None,
            visibility=visibility,
        )
        if n % 2:
            make_mood_change(
                owner,
                community=community,
                trigger_message=message,
                delta_valence=0.15,
                recorded_at=when,
            )


def in_guild(community: Community) -> Channel:
    return make_channel(community=community, discord_id=9000 + Channel.objects.count())


def of_the_walrus(ada: Character, ben: Character) -> list[tuple[Character | Person, str]]:
    things = ("ladder", "lantern", "bucket", "anchor", "trumpet", "saddle", "candle", "hammer")
    lines: list[tuple[Character | Person, str]] = []
    for thing in things:
        lines += [
            (ada, f"I have put the copper {thing} back for you, Ben."),
            (ben, f"The walrus has eaten the {thing}, I never saw such a walrus."),
        ]
    return lines


def of_kettles(ben: Character) -> list[tuple[Character | Person, str]]:
    return [(ben, f"The kettle number {n} is on the stove.") for n in range(6)]


def brief_of(
    ada: Character, community: Community, by: Character | Person, text: str, *others: Person
) -> Brief:
    """What Ada has before her mind where somebody speaks to her."""
    room = make_channel(
        community=community, discord_id=community.pk * 9000 + Channel.objects.count()
    )
    talk = make_conversation(room)
    for one in others:
        make_message(talk, one, "Good evening.")
    heard = make_message(talk, by, text)
    return load_brief(make_turn(talk, ada, answers=heard), room, timezone.now())[0]


def test_what_is_understood_of_one_community_comes_up_in_no_other(
    guild: Community, other: Community, ada: Character, ben: Character
) -> None:
    live(guild, ada, of_the_walrus(ada, ben))
    live(other, ada, of_kettles(ben), NOON + 60 * MINUTE, topic="kettles")
    for one in (guild, other):
        for _ in range(4):
            make_relationship_event(make_relationship_of(ada, ben, one), occurred_at=NOON)
    assert thinking.reflect(ada.pk, EVENING, forced=True) is not None
    of_it = [one for one in Insight.objects.all() if SECRET in one.insight_content]
    assert of_it
    for place, is_told in ((other, False), (guild, True)):
        with seen_by(ada.pk, Audience(frozenset({ben.pk}), community=place.pk)):
            seen = Memory.objects.filter(kind="insight", content__icontains=SECRET)
            assert seen.exists() is is_told, [one.content for one in seen]


def make_relationship_of(ada: Character, ben: Character, community: Community) -> Relationship:
    found = ada.relationships.filter(to_character=ben, community=community).first()
    return found or make_relationship(ada, ben, community=community)


@pytest.mark.parametrize("kind", ["diary", "dream"])
def test_pages_and_dreams_are_of_one_community(
    guild: Community, other: Community, ada: Character, ben: Character, client: Client, kind: str
) -> None:
    live(guild, ada, of_the_walrus(ada, ben))
    live(other, ada, of_kettles(ben), NOON + 60 * MINUTE, topic="kettles")
    at = EVENING if kind == "diary" else NOON + dt.timedelta(hours=14)
    page = days.write(ada.pk, kind, at)
    assert page is not None and page.memory is not None, page
    assert page.memory.community == guild
    assert "kettle" not in page.content
    assert page.content.splitlines()[0][:40] not in client.get("/characters/ada/").content.decode()
    audience = Audience(frozenset({ben.pk}), community=other.pk)
    hands = Hands(ada, make_channel(community=other, discord_id=5), audience, at, 0)
    folder = "diary" if kind == "diary" else "dreams"
    path = f"{folder}/{page.day:%Y-%m-%d}.md"
    assert page.content in workspace.read(workspace.Space(ada.pk), path, at)
    with pytest.raises(NotDone, match=r"There are: none"):
        read_file(hands, ReadFile(path=path))


def test_what_it_came_to_want_is_said_where_it_came_up_and_before_whom_it_may_be(
    guild: Community, other: Community, ada: Character, client: Client
) -> None:
    eve, tom = make_person("Eve", consent_level="full"), make_person("Tom")
    for community in (guild, other):
        make_relationship(ada, eve, community=community, trust=0.95, affection=0.9)
        make_relationship(ada, tom, community=community, trust=0.1)
    low = "I am so sad and lost, my mother died and nothing helps, it is awful."
    lines: list[tuple[Character | Person, str]] = []
    for n in range(8):
        lines += [
            (eve, low if n == 4 else f"It hurts, number {n} is a terrible pain."),
            (ada, f"Good, lovely, wonderful light on the water, number {n}."),
        ]
    live(guild, ada, lines, visibility="intimate")
    Message.objects.filter(person=eve).update(sentiment=-0.8)
    Message.objects.filter(character=ada).update(sentiment=0.5)
    assert thinking.reflect(ada.pk, EVENING, forced=True) is not None
    wish = Goal.objects.get(origin="reflection", seeks_person=eve)
    assert "Eve" in wish.description

    def wants(community: Community, *others: Person) -> bool:
        brief = brief_of(ada, community, eve, "Ada, what do you want?", *others)
        told = f"{brief.goals} {brief.to_ask} {brief.figures}"
        assert "Mend the old boat" in told
        return "Eve" in told

    assert wants(guild)
    assert not wants(guild, tom)
    assert not wants(other)
    assert "Eve" not in client.get("/characters/ada/").content.decode()


def test_what_it_waits_to_hear_is_spoken_of_as_openly_as_it_was_told(
    guild: Community, other: Community, ada: Character
) -> None:
    eve, tom = make_person("Eve", consent_level="full"), make_person("Tom")
    make_relationship(ada, eve, community=guild, trust=0.95)
    make_relationship(ada, tom, community=guild, trust=0.1)
    told = "I have an appointment at the clinic on Friday."
    live(guild, ada, [(eve, told)], visibility="intimate")
    live(guild, ada, of_kettles(make_character("Ben")), NOON + 60 * MINUTE, topic="kettles")
    PersonFact.objects.create(
        person=eve,
        character=ada,
        community=guild,
        fact_content="Eve has an appointment at the clinic on Friday.",
        temporal_relevance="future",
        visibility="intimate",
        learned_at=NOON,
        extracted_from_message=Message.objects.filter(person=eve).earliest("pk"),
    )
    assert thinking.reflect(ada.pk, EVENING, forced=True) is not None
    assert "clinic" in Goal.objects.get(origin="reflection", seeks_person=eve).description

    def wants(*others: Person) -> str:
        brief = brief_of(ada, guild, eve, "Ada, what do you want?", *others)
        return f"{brief.goals} {brief.figures}"

    assert "clinic" in wants()
    assert "clinic" not in wants(tom)


def test_a_goal_set_in_talk_is_of_that_place_and_never_of_what_is_off_the_record(
    guild: Community, other: Community, ada: Character, ben: Character, client: Client
) -> None:
    room = make_channel(community=guild, discord_id=7)
    heard = make_message(make_conversation(room), make_person("Eve"), "Find the walrus for me.")
    hands = Hands(ada, room, Audience(community=guild.pk), NOON, heard.conversation_id, heard)
    set_goal(hands, SetGoal(description="Find the copper walrus."))
    assert any(SECRET in goal for goal in brief_of(ada, guild, ben, "Well, Ada?").goals)
    assert not any(SECRET in goal for goal in brief_of(ada, other, ben, "Well, Ada?").goals)
    assert SECRET not in client.get("/characters/ada/").content.decode()
    heard.is_off_record = True
    with pytest.raises(NotDone):
        set_goal(hands, SetGoal(description="Hide the copper walrus."))


def test_asked_of_itself_it_tells_what_it_talked_of_here(
    guild: Community, other: Community, ada: Character, ben: Character
) -> None:
    now = timezone.now()
    live(guild, ada, of_the_walrus(ada, ben), now - 60 * MINUTE)
    make_relationship_event(make_relationship_of(ada, ben, guild), occurred_at=now - MINUTE)
    for kind in ("most", "topics"):
        there = Audience(frozenset({ben.pk}), community=other.pk)
        assert SECRET not in figures.answer(kind, ada.pk, there, now)[0]
        here = Audience(frozenset({ben.pk}), community=guild.pk)
        assert SECRET in figures.answer(kind, ada.pk, here, now)[0]


def test_asked_how_it_has_been_it_tells_who_moved_it_here(
    guild: Community, other: Community, ada: Character, ben: Character
) -> None:
    now = timezone.now()
    live(guild, ada, of_the_walrus(ada, ben), now - 60 * MINUTE)
    there = brief_of(ada, other, make_person("Eve"), "How have you been feeling, Ada?")
    assert there.figures == "Even. Nothing has moved me much."
    here = brief_of(ada, guild, make_person("Tom"), "How have you been feeling, Ada?")
    assert "Ben does me good" in here.figures


def test_the_tank_shows_nothing_that_was_made_or_grew_in_a_guild(
    guild: Community, ada: Character, ben: Character, client: Client
) -> None:
    live(guild, ada, of_the_walrus(ada, ben))
    make_relationship(ada, ben, community=guild, note="They share a walrus.")
    make_project(ada, title="The Walrus", community=guild)
    make_mood_change(ada, community=guild, description="a walrus was sold")
    thinking.reflect(ada.pk, EVENING, forced=True)
    assert Insight.objects.filter(insight_content__icontains=SECRET).exists()
    assert Reflection.objects.exists()
    html = client.get("/characters/ada/").content.decode().lower()
    assert SECRET not in html


def test_the_tank_shows_what_was_learned_by_talk_here_alone(
    guild: Community, ada: Character, client: Client
) -> None:
    for topic, where in (("walruses", {"community": guild}), ("tides", {})):
        ada.knowledge_areas.create(topic=topic, expertise_level=0.4, is_learned=True)
        make_opinion(ada, topic, formed_at=None, discussion_count=5, **where)
    ada.knowledge_areas.create(topic="walrus ivory", expertise_level=0.9)
    html = client.get("/characters/ada/").content.decode().lower()
    assert "walrus ivory" in html and "tides" in html
    assert "walruses" not in html
    talk = make_conversation(make_channel())
    _, areas, *_ = together(*outlook.asking(ada.pk, talk.channel.community_id, talk.pk, None))
    assert {topic for topic, _ in areas} == {"walrus ivory", "tides"}
    _, areas, *_ = together(*outlook.asking(ada.pk, guild.pk, talk.pk, None))
    assert {topic for topic, _ in areas} == {"walrus ivory", "walruses"}


def test_what_it_is_at_names_no_work_of_another_community(
    guild: Community, other: Community, ada: Character
) -> None:
    for n in range(8):
        make_project(ada, title=f"The Walrus {n}", community=guild)
    for hour in range(7, 22):
        activity.tend(NOON.replace(hour=hour, minute=45))
        assert "Walrus" not in describe(Character.objects.get(pk=ada.pk))
    Community.objects.exclude(pk=guild.pk).update(is_active=False)
    seen = set()
    for hour in range(7, 22):
        activity.tend(NOON.replace(hour=hour, minute=45))
        seen.add(CharacterState.objects.get(character=ada).current_activity)
    assert any("Walrus" in what for what in seen)


def test_a_keeper_of_one_server_hears_of_no_mood_that_was_moved_in_another(
    guild: Community, other: Community, ada: Character, ben: Character
) -> None:
    talk = make_conversation(in_guild(guild))
    heard = make_message(talk, ben, "Well, Ada?")
    turn = make_turn(talk, ada, answers=heard, status="done")
    line = make_message(talk, ada, "Well enough.", turn=turn)
    at = timezone.now() - MINUTE
    make_mood_change(ada, community=guild, description="a kettle boiled", recorded_at=at - MINUTE)
    assert "a kettle boiled" in reasons.why(line.pk, None, sees_all=True)
    make_mood_change(ada, community=other, description="bitter words of a walrus", recorded_at=at)
    assert SECRET not in reasons.why(line.pk, None, sees_all=True)


def test_what_is_noted_down_in_one_community_is_noted_apart(
    guild: Community, other: Community, ada: Character
) -> None:
    eve = make_person("Eve")
    for community, said in ((guild, "The walrus is under the pier."), (other, "Tea is at four.")):
        talk = make_conversation(in_guild(community))
        Participant.objects.create(conversation=talk, character=ada, joined_at=NOON)
        heard = make_message(talk, eve, said)
        turn = make_turn(talk, ada, answers=heard, status="done")
        make_message(talk, ada, "I'll write that down.", turn=turn)
        assert intentions.carry_out(talk.pk, timezone.now()) == 1
        room = talk.channel
        hands = Hands(ada, room, Audience(community=community.pk), NOON, talk.pk)
        path = f"notes/{community.discord_id}/heard.md"
        assert said in read_file(hands, ReadFile(path=path))
    with pytest.raises(NotDone, match=r"There are: notes/22/heard.md\."):
        read_file(hands, ReadFile(path="notes/11/heard.md"))


def test_who_is_known_in_two_servers_is_forgotten_in_both_under_every_name(
    guild: Community, other: Community, ada: Character
) -> None:
    """By the nickname of one server too, and where they are quoted under a name of before."""
    eve = make_person("Eve", discord_id=4711)
    Membership.objects.create(community=guild, person=eve, nickname="Captain Fox")
    Membership.objects.create(community=other, person=eve, nickname="")
    for community, words in ((guild, "I owe the bank a boat."), (other, "I keep seven bees.")):
        live(community, ada, [(eve, words)])
    quoting = make_call(
        purpose="reflect",
        request={"messages": [{"role": "user", "content": "1. Evchen: I owe the bank a boat."}]},
    )
    naming = make_call(
        purpose="observe",
        request={"messages": [{"role": "user", "content": "Captain Fox is late, says Ben."}]},
    )
    other_call = make_call(request={"messages": [{"role": "user", "content": "The fox is late."}]})
    note = workspace.write(
        workspace.Space(ada.pk), "crew.md", "Captain Fox, of the pier.", timezone.now()
    )
    goal = Goal.objects.create(
        character=ada, goal_id="g", description="Ask Captain Fox to tea.", origin="talk",
        community=guild,
    )  # fmt: skip
    made = export_person(eve, timezone.now())
    assert {one["community"] for one in made["memories"]} == {guild.name, other.name}
    assert {one["nickname"] for one in made["memberships"]} == {"Captain Fox", ""}
    receipt = forget_person(eve, "the person", timezone.now())
    for call in (quoting, naming):
        call.refresh_from_db()
        assert call.request == {"erased": True}
    other_call.refresh_from_db()
    assert other_call.request != {"erased": True}
    assert not WorkspaceFile.objects.filter(pk=note.pk, content__icontains="fox").exists()
    assert not Goal.objects.filter(pk=goal.pk, description__icontains="fox").exists()
    assert not Memory.objects.filter(content__regex="boat|bees").exists()
    assert not Message.objects.filter(content__regex="boat|bees").exists()
    assert "Fox" not in json.dumps(receipt.counts)
    assert receipt.counts["characters.Membership"] == 2
