"""The one embedding space in force: which model it is, and vectors in it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pgvector import HalfVector

from characters.models import Interest
from fishbowl.llm.embedding import Embedder, EmbeddingSettings, get_embedder
from memories.models import EmbeddingModel

log = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def embedder() -> Embedder:
    """The embedder that the settings name."""
    return get_embedder(cast(EmbeddingSettings, settings.EMBEDDING))


def active_model() -> EmbeddingModel:
    """The active model's row; the first call in a new deployment makes the configured one active.

    Raises:
        RuntimeError: the settings name another model than the one whose vectors are stored.
    """
    configured = embedder()
    active = EmbeddingModel.objects.filter(is_active=True).first()
    if active is None:
        with transaction.atomic():
            active, _ = EmbeddingModel.objects.get_or_create(
                name=configured.name,
                defaults={
                    "dimensions": configured.dimensions,
                    "provider": configured.provider,
                    "is_active": True,
                    "activated_at": timezone.now(),
                },
            )
    if (active.name, active.dimensions) != (configured.name, configured.dimensions):
        raise RuntimeError(
            f"The stored vectors are of {active.name} ({active.dimensions} dimensions), but the "
            f"settings name {configured.name} ({configured.dimensions}). Set EMBEDDING_MODEL back."
        )
    return active


@lru_cache(maxsize=1)
def active_model_id() -> int:
    """The active model's key, looked up once a process."""
    return int(active_model().pk)


def embed(texts: Sequence[str]) -> list[HalfVector]:
    """One vector of the active space for each text, in order. May call a server: not in a
    transaction."""
    if not texts:
        return []
    return [HalfVector(row) for row in np.asarray(embedder().embed(list(texts)))]


def fill_interests() -> int:
    """Embed the interests that have no vector yet. Returns how many were filled."""
    missing = list(Interest.objects.filter(embedding__isnull=True)[:500])
    if not missing:
        return 0
    model = active_model()
    for interest, vector in zip(missing, embed([i.topic for i in missing]), strict=True):
        interest.embedding = vector
        interest.embedding_model = model
    Interest.objects.bulk_update(missing, ["embedding", "embedding_model"])
    return len(missing)
