"""Settings that are well formed, but that somebody should think about."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register


@register("fishbowl")
def check_openness(**_: Any) -> list[CheckMessage]:
    """What the network can do here that only this machine should."""
    found: list[CheckMessage] = []
    environment = settings.FISHBOWL
    if environment.is_local:
        return found
    if environment.debug:
        found.append(
            Warning(
                f"DEBUG is on while HOST={environment.host} lets other machines in: they can read "
                "settings and code.",
                hint="Set DEBUG=false.",
                id="fishbowl.W001",
            )
        )
    if environment.talkers == "anyone":
        found.append(
            Warning(
                f"WHO_MAY_TALK=anyone while HOST={environment.host} lets other machines in: "
                "strangers may talk, and spend your model budget.",
                hint="Set WHO_MAY_TALK=invited.",
                id="fishbowl.W002",
            )
        )
    return found
