"""Real servers for the whole run; a database and a Redis database for each of its processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from fishbowl import garbage
from fishbowl.embedded import EmbeddedError, Lease
from tests import servers
from tests.stock import stock_servers

LEASE = pytest.StashKey[Lease]()
# What migrations put in, and what nothing that tests do changes: it would only be put in again.
LEFT = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}
# Tables whose rows the database keeps: only who may alter a table can have it forget them.
KEPT = {"audit_adminaction", "audit_chainlink", "audit_securityevent", "auditlog_logentry"}


def emptying(table: str) -> list[str]:
    delete = f'DELETE FROM "{table}"'  # noqa: S608
    if table not in KEPT:
        return [delete]
    switch = f'ALTER TABLE "{table}" {{}} TRIGGER append_only_delete'
    return [switch.format("DISABLE"), delete, switch.format("ENABLE")]


def pytest_configure(config: pytest.Config) -> None:
    garbage.look_seldom()
    if not servers.is_controller() or config.option.collectonly:
        return
    lease = Lease(settings.PLACES, durable=False)
    try:
        stock_servers(settings.PLACES)
        lease.enter()
    except EmbeddedError as error:
        pytest.exit(str(error), returncode=3)
    config.stash[LEASE] = lease


def pytest_collection_finish() -> None:
    """Tests themselves are a hundred thousand objects that Python would look through again and
    again."""
    garbage.settle()


def pytest_unconfigure(config: pytest.Config) -> None:
    if LEASE in config.stash:
        config.stash[LEASE].leave()


@pytest.fixture(scope="session", autouse=True)
def _only_what_has_rows_is_emptied() -> Iterator[None]:
    """Emptying all tables after each test that commits takes longer than most such tests: TRUNCATE
    makes each table's files anew, and its indexes'. So rows are deleted where there are any, and
    what follows migrations isn't done again: what it put in is left."""
    from django.core.management.commands import flush
    from django.db.backends.postgresql.operations import DatabaseOperations
    from django.test import TransactionTestCase

    def sql_flush(
        self: DatabaseOperations, style: object, tables: list[str], **_: bool
    ) -> list[str]:
        names = {table: self.quote_name(table) for table in tables if table not in LEFT}
        each = (f"SELECT '{t}' WHERE EXISTS (SELECT FROM {n})" for t, n in names.items())  # noqa: S608
        with self.connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(each))
            full = [table for (table,) in cursor.fetchall()]
        return [statement for table in full for statement in emptying(table)]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *_: None)
        patch.setattr(TransactionTestCase, "_should_reload_connections", lambda _: False)
        yield


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
    from audit.operation import health, metrics
    from conversations import freshness
    from fishbowl.breaker import redis_breaker
    from memories.recall import cache_counts, caches, redis_store

    freshness.read_anew()
    health.forget_signs()
    metrics.forget_waiting()
    caches.forget_in_process()
    cache_counts.forget()
    redis_store.forget_rest()
    redis_breaker.close()
