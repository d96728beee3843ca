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
from tests.patience import PATIENCE_S

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
        psutil.wait_procs([server], timeout=PATIENCE_S)
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


def test_a_sweep_learns_by_one_message_that_redis_is_away(
    other_redis: Redis, room: Channel, tmp_path: Path
) -> None:
    """The others don't wait the longer for it once it is back."""
    (server,) = daemons.working_in(other_redis.places.redis, "redis-server")
    server.kill()
    psutil.wait_procs([server], timeout=PATIENCE_S)
    process = Process(tmp_path / "output", other_redis.places.redis_url)
    try:
        process.does("write_twice", room.pk, make_person("Ada").pk, "Is it in?", "of-ada")
        assert process.does("republish", 10) == 2
    finally:
        process.end()
    assert sorted(Delivery.objects.values_list("attempts", flat=True)) == [0, 1]
