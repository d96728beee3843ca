"""The rules of mood, emotion and relationship as keepers have set them."""

from __future__ import annotations

from audit.configuration.configuration import declare
from audit.configuration.configuration import in_force as configured
from characters.rules import LivingRules

LIVING = declare("living", LivingRules(), title="how characters live", scopes=("community",))


def in_force(community_id: int | None = None) -> LivingRules:
    """The rules as they stand in a community, at most a second old."""
    return configured(LIVING, community=community_id)
