"""How much waits in the queues of Celery. Only reads."""

from __future__ import annotations

import redis
from django.conf import settings

QUEUES = ("turns", "observe", "upkeep")
PATIENCE_S = 2.0


def depths() -> dict[str, int]:
    """How many nudges wait in each queue; nothing where Redis doesn't answer."""
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("global_keyprefix", "")
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=PATIENCE_S, socket_connect_timeout=PATIENCE_S
        ) as client:
            return {name: int(client.llen(f"{prefix}{name}")) for name in QUEUES}
    except (redis.RedisError, OSError):
        return {}
