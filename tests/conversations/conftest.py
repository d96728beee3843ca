from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from channels.db import aclose_old_connections
from channels.layers import get_channel_layer

from conversations.tank import consumers


@pytest.fixture
async def quiet_layer() -> AsyncIterator[None]:
    """Live pages that have heard nothing yet, and leave nothing to hear."""
    consumers._noted.clear()
    yield
    await get_channel_layer().flush()
    await aclose_old_connections()
