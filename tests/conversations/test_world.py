"""Worlds: loaded whole or not at all, gently, and with words for what is wrong in them."""

from __future__ import annotations

import io
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from characters import mood
from characters.models import (
    Character,
    CharacterState,
    Community,
    Goal,
    Interest,
    KnowledgeArea,
    Persona,
    Relationship,
    SpeechStyle,
    Trigger,
)
from characters.world import valence_of
from characters.worldfiles import WorldRefusedError
from conversations.models import Channel, Scenario
from conversations.services import local_community
from conversations.world import STARTER_WORLD, load_world
from fishbowl.llm.errors import GatewayError
from tests.builders import make_character

pytestmark = pytest.mark.django_db

WORLD = """
community: {name: The Mill, norms: [Shut the door.], traditions: [Soup on Fridays.]}
scenarios:
  - {slug: flood, name: The flood, premise: The river rises., rules: [Nobody drowns., Talk on.]}
channels:
  - {name: kitchen, topic: Warm., mode: watched, pace: normal, scenario: flood, residents: [ada]}
  - {name: loft}
"""
ADA = """
name: Ada
slug: ada
tagline: Mends clocks.
timezone: Europe/Oslo
active_hours: {start: "09:00", end: 22:30}
talkativeness: 0.7
persona:
  identity: Ada mends clocks.
  values: [patience]
  traits: {agreeableness: 0.9}
  drives: {care: 0.8}
  constitution: [Speaks plainly., Asks one thing.]
  example_dialogue: ["Bo: Well?", "Ada: Not yet."]
style:
  humour: 0.8
  preferred_words: [true, yes, 88, spring]
interests:
  - {topic: clocks, weight: 0.9}
knowledge:
  - {topic: escapements, expertise: 0.9, passion: 0.7}
goals:
  - {goal_id: mend-the-tower, description: Mend it., priority: 8}
formative_memories:
  - {title: The fall, content: Ada fell., age_or_date: 1987, emotional_valence: -0.4,
     triggers: [ice]}
triggers:
  - {kind: topic, pattern: ice, reaction: goes quiet, intensity: 0.6}
  - {kind: topic, pattern: soup, reaction: smiles, intensity: 0.4}
  - {kind: phrase, pattern: hurry up, intensity: 0.5, valence: -0.9}
relationships:
  - {to: bo, trust: 0.9, affection: 0.8, attunement: 0.7, note: Old friends.}
  - {to: nobody, trust: 0.5}
improv:
  topics: {clocks: {keys: [clock], claims: [Brass forgives.]}}
  openers: [This one ticks backwards.]
  to: {bo: ["Bo, the door."]}
"""
BO = "name: Bo\nslug: bo\npersona: {identity: Bo bakes.}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small world of two."""
    (tmp_path / "characters").mkdir()
    (tmp_path / "world.yaml").write_text(WORLD)
    (tmp_path / "characters" / "ada.yaml").write_text(ADA)
    (tmp_path / "characters" / "bo.yaml").write_text(BO)
    return tmp_path


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def refusal(folder: Path) -> str:
    with pytest.raises(WorldRefusedError) as caught:
        load_world(folder)
    assert not Character.objects.exists()
    assert not Channel.objects.exists()
    return str(caught.value)


def test_it_makes_a_character_of_a_file(folder: Path) -> None:
    load_world(folder)
    ada = Character.objects.select_related("persona", "style", "state").get(slug="ada")
    assert (ada.name, ada.talkativeness, ada.is_active) == ("Ada", 0.7, True)
    assert f"{ada.active_hours_start}–{ada.active_hours_end}" == "09:00:00–22:30:00"
    assert ada.persona.agreeableness == 0.9
    assert ada.persona.openness == 0.5
    assert ada.persona.values == ["patience"]
    assert ada.persona.drives == {"care": 0.8}
    assert ada.persona.constitution == "Speaks plainly.\nAsks one thing."
    assert ada.persona.example_dialogue == "Bo: Well?\nAda: Not yet."
    assert ada.style.humour == 0.8
    assert ada.style.preferred_words == ["true", "yes", "88", "spring"]
    assert ada.style.improv == {
        "topics": {"clocks": {"keys": ["clock"], "claims": ["Brass forgives."]}},
        "openers": ["This one ticks backwards."],
        "to": {"bo": ["Bo, the door."]},
    }
    assert (ada.state.mood_valence, ada.state.mood_arousal) == mood.baseline(ada.persona.traits())
    area = ada.knowledge_areas.get()
    assert (area.topic, area.expertise_level, area.passion) == ("escapements", 0.9, 0.7)
    assert ada.goals.get().priority == 8
    memory = ada.formative_memories.get()
    assert (memory.age_or_date, memory.triggers) == ("1987", ["ice"])
    assert dict(ada.triggers.values_list("pattern", "valence")) == {
        "ice": -0.2,
        "soup": 0.3,
        "hurry up": -0.9,
    }


def test_it_relates_them_in_the_local_community(folder: Path) -> None:
    world = load_world(folder)
    bond = Relationship.objects.get()
    assert (bond.from_character.slug, bond.to_character.slug) == ("ada", "bo")
    assert bond.community == local_community()
    assert bond.score == pytest.approx(66.67)
    assert bond.level == "Good Friend"
    assert bond.note == "Old friends."
    assert world.characters.passed_over == ["Ada's bond to nobody, who isn't here"]


def test_it_makes_the_place(folder: Path) -> None:
    load_world(folder)
    community = local_community()
    assert (community.name, community.norms) == ("The Mill", ["Shut the door."])
    kitchen = Channel.objects.get(name="kitchen")
    assert (kitchen.mode, kitchen.pace, kitchen.topic) == ("watched", "normal", "Warm.")
    assert kitchen.scenario.rules == "Nobody drowns.\nTalk on."
    assert [c.slug for c in kitchen.residents.all()] == ["ada"]
    assert kitchen.next_look_at is not None
    loft = Channel.objects.get(name="loft")
    assert (loft.mode, loft.pace, loft.scenario, loft.residents.count()) == (
        "live",
        "calm",
        None,
        0,
    )


def test_it_gives_interests_their_vectors(folder: Path) -> None:
    assert load_world(folder).embedded == 1
    assert Interest.objects.get().embedding is not None


def test_it_lives_without_vectors_while_they_cannot_be_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> int:
        raise GatewayError("the embedding server is away")

    monkeypatch.setattr("conversations.world.fill_interests", fail)
    assert load_world(folder).embedded == 0
    assert Character.objects.count() == 2
    assert "upkeep makes them later" in caplog.text


def everything() -> dict[str, list[Any]]:
    """All rows that loading makes, but for the times they were touched."""
    return {
        model.__name__: [
            {k: v for k, v in row.items() if not k.endswith("_at")}
            for row in model.objects.order_by("pk").values()
        ]
        for model in (
            Character,
            CharacterState,
            Community,
            Persona,
            SpeechStyle,
            Interest,
            KnowledgeArea,
            Goal,
            Trigger,
            Relationship,
            Scenario,
            Channel,
        )
    }


def test_it_changes_nothing_the_second_time(folder: Path) -> None:
    load_world(folder)
    before = everything()
    world = load_world(folder)
    assert everything() == before
    assert world.characters.left_alone == ["Ada", "Bo"]
    assert not (world.characters.made or world.channels or world.scenarios or world.embedded)


def live_and_edit() -> None:
    """What a keeper and life do to a world."""
    Persona.objects.filter(character__slug="ada").update(identity="Ada retired.")
    CharacterState.objects.filter(character__slug="ada").update(mood_valence=-0.5)
    Relationship.objects.update(trust=0.1, note="Fell out.")
    KnowledgeArea.objects.update(expertise_level=0.95, evidence_count=3)
    Goal.objects.update(progress=0.5, description="Sell it.")
    Channel.objects.filter(name="kitchen").update(mode="muted", is_paused=True)
    Scenario.objects.update(premise="The river fell.")
    Community.objects.update(name="The Old Mill")
    Character.objects.filter(slug="ada").update(status="paused", tagline="Gone fishing.")
    Interest.objects.create(character=Character.objects.get(slug="ada"), topic="fish")


def test_it_never_writes_over_edits(folder: Path) -> None:
    load_world(folder)
    live_and_edit()
    before = everything()
    load_world(folder)
    after = everything()
    for rows in (before, after):
        for interest in rows["Interest"]:  # the new one has got its vector
            del interest["embedding"], interest["embedding_model_id"]
    assert after == before


def test_it_refreshes_who_they_are_and_keeps_what_they_have_lived(folder: Path) -> None:
    load_world(folder)
    live_and_edit()
    world = load_world(folder, refresh=True)
    assert world.characters.refreshed == ["Ada", "Bo"]
    ada = Character.objects.select_related("persona", "state").get(slug="ada")
    assert ada.persona.identity == "Ada mends clocks."
    assert ada.tagline == "Mends clocks."
    assert ada.status == "paused"
    assert ada.state.mood_valence == -0.5
    assert set(ada.interests.values_list("topic", flat=True)) == {"clocks", "fish"}
    assert ada.knowledge_areas.get().expertise_level == 0.95
    goal = ada.goals.get()
    assert (goal.description, goal.progress) == ("Mend it.", 0.5)
    bond = Relationship.objects.get()
    assert (bond.trust, bond.note) == (0.1, "Old friends.")
    kitchen = Channel.objects.get(name="kitchen")
    assert (kitchen.mode, kitchen.is_paused) == ("watched", True)
    assert Scenario.objects.get().premise == "The river rises."
    assert Community.objects.get().name == "The Mill"


def test_it_adds_what_a_grown_world_has_more(folder: Path) -> None:
    load_world(folder)
    (folder / "characters" / "cy.yaml").write_text(
        "name: Cy\nslug: cy\npersona: {identity: Cy sails.}\nrelationships: [{to: ada}]\n"
    )
    (folder / "characters" / "bo.yaml").write_text(BO + "relationships: [{to: cy}]\n")
    world = load_world(folder)
    assert world.characters.made == ["Cy"]
    assert world.characters.relationships == 2
    assert Character.objects.count() == 3


def test_it_leaves_a_community_alone_that_somebody_has_named(folder: Path) -> None:
    community = local_community()
    community.name = "Home"
    community.save()
    assert not load_world(folder).named_community
    assert local_community().name == "Home"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("  identity: Ada mends clocks.\n", "", "persona.identity is missing; add it."),
        ("0.7\npersona", "1.7\npersona", "talkativeness is 1.7; it must be at most 1."),
        ("weight: 0.9", "weight: -1", "interests, item 1, weight is -1; it must be at least 0."),
        ("weight: 0.9", "wieght: 0.9", "wieght is no field that is known here; did you mean 'weig"),
        ("slug: ada", "slug: Ada!", "slug is 'Ada!'; use small letters, digits and single hyphens"),
        ("Europe/Oslo", "Oslo", "timezone: Oslo is no time zone; use a name such as Europe/Oslo"),
        ('"09:00"', "nine", "active_hours.start is 'nine', which is no time of day; write one"),
        ("kind: phrase", "kind: smell", "kind is 'smell'; use 'topic', 'emotion', 'phrase' or 'pe"),
        ("priority: 8", "priority: 80", "priority is 80; it must be at most 10."),
        ("[patience]", "patience", "persona.values is no list; write one, such as [salt, ice]."),
        ("humour: 0.8", "humour: high", "style.humour is 'high', which is no number; write one"),
        ("[patience]", "[[1]]", "item 1 is [1], which is no text; put it in double quotes."),
        ("tagline: Mends clocks.", f"tagline: {'x' * 201}", "201 letters; 200 are allowed."),
        ("name: Ada", "name: ''", "name is empty; write something, or remove it."),
        ("to: bo,", "to: ada,", "relationships.to names the character itself; remove it."),
        ("pattern: soup", "pattern: ice", "triggers ('topic', 'ice') stands twice; remove one."),
        (
            "style:\n",
            "style:\n  humour: 0.1\n",
            "line 17: the YAML can't be understood ('humour' s",
        ),
        ("persona:\n", "persona: [\n", "the YAML can't be understood"),
        ("slug: ada", "slug: bo", "slug 'bo' stands in characters/ada.yaml already; choose anoth"),
        ("name: Ada", "name: BO", "name 'bo' stands in characters/ada.yaml already; choose anothe"),
    ],
)
def test_it_says_what_is_wrong_and_what_to_do(
    folder: Path, old: str, new: str, sentence: str
) -> None:
    edit(folder / "characters" / "ada.yaml", old, new)
    said = refusal(folder)
    assert sentence in said
    assert said.startswith(
        ("characters/ada.yaml", "characters/bo.yaml: slug", "characters/bo.yaml: n")
    )


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff\xfe\x00", "characters/ada.yaml is not UTF-8 text: save it as UTF-8."),
        (b"", "characters/ada.yaml holds no fields"),
        (b"- a\n- b\n", "characters/ada.yaml holds no fields"),
        (b"!!python/object/apply:os.system ['true']", "the YAML can't be understood"),
        (b"a: \x00", "the YAML can't be understood"),
        (b'name: Ada\ntagline: "a\\0b"', "ada.yaml, line 2: a text holds \\0, which no text has"),
        (b'name: Ada\n"\\0": b', "ada.yaml, line 2: a text holds \\0, which no text has"),
        (b"a: " + b"[" * 5000, "the YAML can't be understood"),
        (b"1: a\n", "characters/ada.yaml"),
        (b"? [a, b]\n: c\n", "characters/ada.yaml"),
        (b"x: " + b"y" * 2_000_001, "characters/ada.yaml is larger than 2 MB"),
    ],
)
def test_it_refuses_what_is_no_character(folder: Path, content: bytes, sentence: str) -> None:
    (folder / "characters" / "ada.yaml").write_bytes(content)
    assert sentence in refusal(folder)


def test_a_file_that_never_ends_is_read_no_further_than_it_may_be(folder: Path) -> None:
    (folder / "characters" / "ada.yaml").unlink()
    (folder / "characters" / "ada.yaml").symlink_to("/dev/zero")
    assert "characters/ada.yaml is larger than 2 MB" in refusal(folder)


def test_it_tells_all_that_is_wrong_at_once(folder: Path) -> None:
    edit(folder / "world.yaml", "pace: normal", "pace: frantic")
    edit(folder / "characters" / "ada.yaml", "priority: 8", "priority: 80")
    (folder / "characters" / "bo.yaml").write_text("name: Bo\n")
    said = refusal(folder).splitlines()
    assert [line.partition(":")[0] for line in said] == [
        "world.yaml",
        "characters/ada.yaml",
        "characters/bo.yaml",
        "characters/bo.yaml",
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("scenario: flood", "scenario: drought", "the channel kitchen names the scenario drought"),
        ("name: loft", "name: kitchen", "world.yaml: 'kitchen' stands twice; remove or rename one"),
        ("mode: watched", "mode: loud", "channels, item 1, mode is 'loud'; use 'live', 'watched'"),
        ("premise: The river rises., ", "", "scenarios, item 1, premise is missing; add it."),
    ],
)
def test_it_says_what_is_wrong_with_the_place(
    folder: Path, old: str, new: str, sentence: str
) -> None:
    edit(folder / "world.yaml", old, new)
    assert sentence in refusal(folder)


def test_it_says_when_there_is_no_world(tmp_path: Path) -> None:
    assert "is no folder" in refusal(tmp_path / "nowhere")
    assert "world.yaml is missing" in refusal(tmp_path)


def test_it_says_when_a_name_or_goal_is_taken(folder: Path) -> None:
    other = make_character("ADA", slug="ada-2")
    Goal.objects.create(character=other, goal_id="mend-the-tower", description="Mend it.")
    with pytest.raises(WorldRefusedError) as caught:
        load_world(folder)
    assert "a character named Ada lives here with the slug ada-2; rename one" in str(caught.value)
    assert "goals.goal_id 'mend-the-tower' is ada-2's; choose another." in str(caught.value)
    assert Character.objects.count() == 1
    assert not Channel.objects.exists()


def test_it_loads_nothing_when_the_last_step_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("conversations.world._load_channels", fail)
    with pytest.raises(RuntimeError):
        load_world(folder)
    assert not Character.objects.exists()
    assert not Scenario.objects.exists()


@pytest.mark.parametrize(
    ("reaction", "sign"),
    [
        ("Softens and starts yawning.", 1),
        ("laughs until it hurts", 1),
        ("leans forward, speaks faster", 1),
        ("goes quiet", -1),
        ("", -1),
    ],
)
def test_it_reads_the_direction_of_a_trigger_from_its_reaction(reaction: str, sign: int) -> None:
    assert valence_of(reaction) * sign > 0


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("load_world", *args, stdout=out)
    return out.getvalue()


def test_it_prints_what_it_made(folder: Path) -> None:
    assert run(str(folder)).splitlines() == [
        "The community is called The Mill.",
        "Characters made: Ada, Bo.",
        "Relationships made: 1.",
        "Scenarios made: The flood.",
        "Channels made: #kitchen, #loft.",
        "Interests given their vectors: 1.",
        "Passed over: Ada's bond to nobody, who isn't here.",
    ]
    assert "Characters left alone: Ada, Bo." in run(str(folder))
    assert "Refreshed: The flood, #kitchen, #loft." in run(str(folder), "--refresh")


def test_it_brings_nobody_back_when_told_to_load_only_an_empty_house(folder: Path) -> None:
    run(str(folder), "--if-empty")
    Character.objects.get(slug="bo").delete()
    assert run(str(folder), "--if-empty").startswith("Somebody lives here already")
    assert not Character.objects.filter(slug="bo").exists()


def test_it_fails_with_the_sentences(folder: Path) -> None:
    edit(folder / "characters" / "ada.yaml", "priority: 8", "priority: 80")
    with pytest.raises(CommandError, match=r"Nothing was loaded.\ncharacters/ada.yaml: goals"):
        run(str(folder))


# --- the world that comes with the house ----------------------------------------------------------


def test_it_loads_the_starter_world() -> None:
    world = load_world()
    assert len(world.characters.made) >= 6
    assert "Odile" in world.characters.made
    assert len(world.channels) == 2
    assert len(world.scenarios) == 1
    assert world.characters.passed_over == []
    assert world.passed_over == []
    for character in Character.objects.select_related("persona", "style"):
        assert character.persona.identity
        assert character.persona.constitution
        assert character.persona.disclosure
        assert character.style.improv["topics"]
        assert character.interests.count() >= 8
        assert character.formative_memories.count() >= 4
        assert character.goals.count() >= 2
        assert character.relationships.count() >= 5
    assert not Interest.objects.filter(embedding__isnull=True).exists()
    levels = set(Relationship.objects.values_list("level", flat=True))
    assert len(levels) >= 2
    assert not Trigger.objects.filter(valence=0).exists()


def test_it_loads_a_copy_of_the_starter_world_from_anywhere(tmp_path: Path) -> None:
    copy = tmp_path / "mine"
    shutil.copytree(STARTER_WORLD, copy)
    path = copy / "characters" / "odile.yaml"
    data = yaml.safe_load(path.read_text())
    data["talkativeness"] = 0.11
    path.write_text(yaml.safe_dump(data, allow_unicode=True))
    load_world(copy)
    assert Character.objects.get(slug="odile").talkativeness == 0.11
