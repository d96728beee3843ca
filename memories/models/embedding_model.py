from __future__ import annotations

from django.db import models
from django.db.models import Q

MOST_DIMENSIONS = 16_000  # that a `halfvec` has


class EmbeddingModel(models.Model):
    """A space that vectors live in. Exactly one is active; vectors of others are not searched."""

    name = models.CharField(max_length=200, unique=True)
    dimensions = models.PositiveIntegerField()
    provider = models.CharField(max_length=60)
    is_active = models.BooleanField(default=False)
    activated_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"],
                condition=Q(is_active=True),
                name="embeddingmodel_one_active",
            ),
            models.CheckConstraint(
                name="embeddingmodel_dimensions_range",
                condition=Q(dimensions__gte=1, dimensions__lte=MOST_DIMENSIONS),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.dimensions})"
