from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from channels.db import aclose_old_connections
from channels.layers import get_channel_layer

from audit.configuration import configuration
from characters.models import Character, Person
from conversations.models import Channel
from conversations.tank import consumers
from tests.builders import make_channel, make_character, make_person
from tests.conversations.lantern import restart


@pytest.fixture
async def quiet_layer() -> AsyncIterator[None]:
    """Live pages that have heard nothing yet, and leave nothing to hear."""
    consumers._noted.clear()
    yield
    await get_channel_layer().flush()
    await aclose_old_connections()


@pytest.fixture
def at_once(db: Any) -> None:
    """Nobody takes time to answer or confides of itself, and nothing is kept from before."""
    configuration.set_value("director", "time_scale", 0)
    configuration.set_value("memory", "confide_chance", 0)
    configuration.forget_cached()
    restart()


@pytest.fixture
def mara() -> Character:
    return make_character("Mara", interests=("boats",))


@pytest.fixture
def ada() -> Person:
    return make_person("Ada")


@pytest.fixture
def lantern(mara: Character) -> Channel:
    return make_channel("the-lantern", pace=Channel.Pace.LIVELY, residents=(mara,))
