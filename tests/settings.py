"""Fishbowl's settings for tests."""

from __future__ import annotations

import os

from tests import servers

var = servers.take_var()
servers.forget_own_settings()
os.environ["FISHBOWL_VAR"] = var

from fishbowl.settings import *  # noqa: E402, F403
from fishbowl.settings import CHANNEL_LAYERS, DATABASES, PLACES, broker_url  # noqa: E402
from tests.stock import EMPTY  # noqa: E402

DATABASES["default"]["TEST"] = {"TEMPLATE": EMPTY}

# Redis's databases part keys, not channels: those need a prefix.
REDIS_PREFIX = f"test{servers.worker_number()}"
REDIS_URL = f"{PLACES.redis_url}?db={servers.worker_number()}"
CHANNEL_LAYERS["default"]["CONFIG"] = {"hosts": [REDIS_URL], "prefix": REDIS_PREFIX}
CELERY_BROKER_URL = broker_url(REDIS_URL)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
