"""A person writes while Redis is gone, or hangs: what was written is safe, and is found again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from conversations.models import Channel, Delivery, Message
from fishbowl.embedded import Places, daemons, make_var
from fishbowl.embedded.redis import Redis
from tests.builders import make_person
from tests.faults.conftest import Process, Worker

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other_redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis of this test's own."""
    server = Redis(Places.at(tmp_path / "var"))
    make_var(server.places)
    server.owner().make_folder(server.places.sockets)
    server.start()
    yield server
    for process in daemons.working_in(server.places.redis, "redis-server"):
        process.resume()
    server.stop()


@pytest.mark.parametrize(
    "how",
    [
        "killed",
        "hung",
    ],
)
def test_what_a_person_writes_while_redis_is_away_is_stored_and_answered(
    how: str, other_redis: Redis, room: Channel, tmp_path: Path, worker: Worker
) -> None:
    (server,) = daemons.working_in(other_redis.places.redis, "redis-server")
    if how == "killed":
        server.kill()
        psutil.wait_procs([server], timeout=5)
    else:
        server.suspend()
    process = Process(tmp_path / "output", other_redis.places.redis_url)
    ada = make_person("Ada")
    try:
        first, second = process.does("write_twice", room.pk, ada.pk, "Odile, is it in?", "of-ada")
    finally:
        process.end()
    assert first[1] < 15
    assert second[1] < 4  # who found Redis away doesn't try at once again
    assert list(Message.objects.values_list("pk", "number")) == [(first[0], 1), (second[0], 2)]
    assert set(Delivery.objects.values_list("status", flat=True)) == {Delivery.Status.PENDING}
    assert worker.nudges() == []

    asked = Message.objects.get(pk=second[0])
    worker.goes_on(until=lambda: Message.objects.filter(reply_to=asked).exists())
    worker.sweep()
    assert set(Delivery.objects.values_list("status", flat=True)) == {Delivery.Status.SENT}
