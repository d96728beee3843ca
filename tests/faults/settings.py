"""Settings of a process that a test starts to be killed: the test's own database and Redis."""

from __future__ import annotations

import os

from fishbowl.settings import *  # noqa: F403
from fishbowl.settings import CHANNEL_LAYERS, DATABASES, broker_url

DATABASES["default"]["NAME"] = os.environ["FAULTS_DATABASE"]
REDIS_URL = os.environ["FAULTS_REDIS"]
REDIS_PREFIX = os.environ["FAULTS_PREFIX"]
CHANNEL_LAYERS["default"]["CONFIG"] = {"hosts": [REDIS_URL], "prefix": REDIS_PREFIX}
CELERY_BROKER_URL = broker_url(REDIS_URL)
