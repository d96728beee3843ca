"""Real servers for the whole run; a database and a Redis database for each of its processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from fishbowl.embedded import EmbeddedError, Lease
from tests import servers

LEASE = pytest.StashKey[Lease]()


def pytest_configure(config: pytest.Config) -> None:
    if not servers.is_controller() or config.option.collectonly:
        return
    lease = Lease(settings.PLACES, durable=False)
    try:
        lease.enter()
    except EmbeddedError as error:
        pytest.exit(str(error), returncode=3)
    config.stash[LEASE] = lease


def pytest_unconfigure(config: pytest.Config) -> None:
    if LEASE in config.stash:
        config.stash[LEASE].leave()


@pytest.fixture
def redis_client() -> Iterator[redis.Redis]:
    """This process's own Redis database, empty."""
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield client


@pytest.fixture(autouse=True)
def _nothing_remembered_in_process() -> Iterator[None]:
    """Rows are gone after each test; what the process remembers of them goes too."""
    yield
    from audit import budgets, configuration
    from conversations.briefing import forget_portraits
    from memories import cache_counts, caches, contagion, embedding, names, redis_store

    budgets.forget_none()
    configuration.forget_cached()
    forget_portraits()
    embedding.forget_cached()
    caches.forget_in_process()
    cache_counts.forget()
    contagion.forget_damped()
    names.forget_names()
    redis_store.forget_rest()
