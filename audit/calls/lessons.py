"""What model servers taught by refusing calls, as rows: learned once, known to every process and
after every restart.

No call asks for them: each learns from the statement that writes its own row whether any came or
went since this process last looked (`EDITION`).
"""

from __future__ import annotations

import datetime as dt
from hashlib import sha256

from django.conf import settings
from django.db.models import Q

from audit.models import ServerLesson
from characters.models import Character
from fishbowl.llm.endpoint import Endpoint
from fishbowl.llm.errors import Taught

# Rows are never changed and no key is given twice.
EDITION = "(SELECT count(*) || '/' || coalesce(max(id), 0) FROM audit_serverlesson)"


def of(endpoint: Endpoint) -> dict[str, frozenset[str]]:
    """What was learned of each model at a server."""
    found: dict[str, frozenset[str]] = {}
    rows = ServerLesson.objects.filter(address_digest=_digest(endpoint))
    for model, lesson in rows.values_list("model", "lesson"):
        found[model] = found.get(model, frozenset()) | {lesson}
    return found


def keep(endpoint: Endpoint, model: str, taught: Taught, now: dt.datetime) -> None:
    """Write a lesson down, unless another process has."""
    row = ServerLesson(
        server=endpoint.name,
        address_digest=_digest(endpoint),
        model=model,
        lesson=taught.lesson,
        refusal=taught.refusal.encode("utf-8", "replace").decode().replace("\0", "")[:500],
        learned_at=now,
    )
    ServerLesson.objects.bulk_create([row], ignore_conflicts=True)


def forget_others(now: dt.datetime) -> int:
    """Forget what was learned of servers and models that are asked no more. Returns how many
    lessons."""
    if not ServerLesson.objects.exists():
        return 0
    own = set(Character.objects.exclude(llm_model="").values_list("llm_model", flat=True))
    asked = Q(pk__in=[])
    for one in settings.LLM_ENDPOINTS:
        models = {one.model, *one.tier_models.values()} | own
        asked |= Q(address_digest=_digest(one), model__in=models)
    return ServerLesson.objects.exclude(asked).delete()[0]


def _digest(endpoint: Endpoint) -> str:
    return sha256(endpoint.base_url.encode()).hexdigest()
