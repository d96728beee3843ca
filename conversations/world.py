"""Brings a whole world into the database: its place, its scenarios and rooms, and who lives there.

A world is a folder with `world.yaml`, `characters/*.yaml` and, if it has any, texts about the place
in `lore/` (docs/worlds.md). Everything happens in one transaction; lore and the vectors of
interests follow it, since those may call a server.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from django.db import transaction
from django.utils import timezone
from pydantic import StringConstraints

import characters
from characters.models import Character, Community
from characters.world import Loaded, load_characters
from characters.worldfiles import WorldRefusedError, read_characters, read_file
from characters.worldshapes import CharacterFile, Lines, Part, Slug, Text
from conversations.models import Channel, Scenario
from conversations.services import UNNAMED, local_community
from fishbowl.llm.errors import GatewayError
from memories.embedding.filling import fill_interests
from memories.formative import remember_all_formative
from memories.lore.lore import ingest
from memories.lore.lorefiles import SUFFIXES, LoreRefused, Reading, read_lore
from memories.models import LoreDocument

log = logging.getLogger(__name__)

STARTER_WORLD = Path(characters.__file__).parent / "starter_world"


class CommunityPart(Part):
    name: Annotated[
        str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=120)
    ]
    norms: list[Text] = []
    traditions: list[Text] = []


class ScenarioPart(Part):
    slug: Slug
    name: Annotated[
        str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=120)
    ]
    premise: Text
    rules: Lines = ""


class ChannelPart(Part):
    name: Annotated[
        str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=100)
    ]
    topic: Annotated[str, StringConstraints(strict=True, max_length=300)] = ""
    mode: Literal["live", "watched", "quiet", "muted"] = "live"
    pace: Literal["calm", "normal", "lively"] = "calm"
    scenario: Slug | None = None
    residents: list[Slug] = []


class WorldFile(Part):
    """`world.yaml`."""

    community: CommunityPart | None = None
    channels: list[ChannelPart] = []
    scenarios: list[ScenarioPart] = []


@dataclass(slots=True)
class World:
    """What loading a world did."""

    characters: Loaded
    community: str = ""
    named_community: bool = False
    scenarios: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    refreshed: list[str] = field(default_factory=list)
    lore: list[str] = field(default_factory=list)
    embedded: int = 0
    passed_over: list[str] = field(default_factory=list)


def read_world(folder: Path) -> tuple[WorldFile, list[CharacterFile], list[Reading]]:
    """A world's files, validated; all that is wrong is told at once.

    Raises:
        WorldRefusedError: something is wrong in some file.
    """
    if not folder.is_dir():
        raise WorldRefusedError(f"{folder} is no folder: give one that holds world.yaml.")
    problems: list[str] = []
    file, people = WorldFile(), []
    lore: list[Reading] = []
    try:
        file = read_file(folder / "world.yaml", WorldFile)
        problems += _check(file)
    except WorldRefusedError as error:
        problems += error.problems
    try:
        people = read_characters(folder / "characters")
    except WorldRefusedError as error:
        problems += error.problems
    for path in sorted((folder / "lore").rglob("*")):
        if path.suffix.lower() not in SUFFIXES:
            continue
        label = path.relative_to(folder).as_posix()
        try:
            lore.append(read_lore(path, source=f"world:{label}", label=label))
        except LoreRefused as error:
            problems += str(error).splitlines()
    if problems:
        raise WorldRefusedError(*problems)
    return file, people, lore


def _check(file: WorldFile) -> list[str]:
    scenarios = [s.slug for s in file.scenarios]
    rooms = [c.name for c in file.channels]
    problems = [
        f"world.yaml: {name!r} stands twice; remove or rename one."
        for name in sorted(
            {n for names in (scenarios, rooms) for i, n in enumerate(names) if n in names[:i]}
        )
    ]
    problems += [
        f"world.yaml: the channel {c.name} names the scenario {c.scenario}, which stands under no "
        "'scenarios' and isn't here; add it there, or correct its slug."
        for c in file.channels
        if c.scenario
        and c.scenario not in scenarios
        and not Scenario.objects.filter(slug=c.scenario).exists()
    ]
    return problems


def load_world(folder: Path = STARTER_WORLD, *, refresh: bool = False) -> World:
    """Load a world: make what is missing and leave the rest alone; `refresh` brings what its files
    name back to what stands in them.

    Raises:
        WorldRefusedError: something in the files is wrong; nothing was changed then.
    """
    file, people, lore = read_world(folder)
    with transaction.atomic():
        community, is_named = _settle_community(file, refresh)
        world = World(load_characters(people, community, refresh=refresh), community.name, is_named)
        _load_scenarios(file, world, refresh)
        _load_channels(file, community, world, refresh)
    _load_lore(lore, community, world, refresh)
    world.embedded = _embed_interests()
    remember_all_formative()
    return world


def _settle_community(file: WorldFile, refresh: bool) -> tuple[Community, bool]:
    """The local community, named by the file unless somebody has named it already."""
    community = local_community()
    untouched = community.name == UNNAMED and not community.norms and not community.traditions
    if file.community is None or not (untouched or refresh):
        return community, False
    community.name = file.community.name
    community.norms = list(file.community.norms)
    community.traditions = list(file.community.traditions)
    community.save(update_fields=["name", "norms", "traditions", "updated_at"])
    return community, True


def _load_scenarios(file: WorldFile, world: World, refresh: bool) -> None:
    for part in file.scenarios:
        columns = part.model_dump(exclude={"slug"})
        write = Scenario.objects.update_or_create if refresh else Scenario.objects.get_or_create
        _, is_new = write(slug=part.slug, defaults=columns)
        if is_new:
            world.scenarios.append(part.name)
        elif refresh:
            world.refreshed.append(part.name)


def _load_channels(file: WorldFile, community: Community, world: World, refresh: bool) -> None:
    scenarios = {s.slug: s for s in Scenario.objects.all()}
    for part in file.channels:
        columns = {
            "topic": part.topic,
            "mode": part.mode,
            "pace": part.pace,
            "scenario": scenarios[part.scenario] if part.scenario else None,
        }
        channel, is_new = Channel.objects.get_or_create(
            community=community,
            discord_id=None,
            name=part.name,
            defaults={**columns, "next_look_at": timezone.now()},
        )
        if not is_new and not refresh:
            continue
        if is_new:
            world.channels.append(part.name)
        else:
            Channel.objects.filter(pk=channel.pk).update(**columns, updated_at=timezone.now())
            world.refreshed.append(f"#{part.name}")
        residents = {c.slug: c for c in Character.objects.filter(slug__in=part.residents)}
        channel.residents.add(*residents.values())
        world.passed_over += [
            f"{slug} in #{part.name}, who isn't here"
            for slug in part.residents
            if slug not in residents
        ]


def _load_lore(lore: Sequence[Reading], community: Community, world: World, refresh: bool) -> None:
    """Have everybody here read what is written about the place. What they know already they know as
    keepers left it, unless `refresh` is given."""
    known = LoreDocument.objects.filter(community=community, character=None)
    sources = set(known.values_list("source", flat=True))
    for reading in lore:
        if reading.source not in sources:
            world.lore.append(ingest(reading, community_id=community.pk).title)
        elif refresh and not ingest(reading, community_id=community.pk).is_unchanged:
            world.refreshed.append(reading.title)


def _embed_interests() -> int:
    """Give the interests their vectors. Without them the world still lives: upkeep tries again."""
    filled = 0
    try:
        while some := fill_interests():
            filled += some
    except (GatewayError, OSError) as error:
        log.warning("The interests have no vectors yet (%s); upkeep makes them later.", error)
    return filled
