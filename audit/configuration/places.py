"""Where a setting of behaviour is set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from audit.configuration.sections import DEPLOYMENT, SCOPES
from audit.models import SystemConfiguration


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is set: the deployment, or a community, channel or character by its key."""

    scope: str = DEPLOYMENT
    key: int | None = None

    def columns(self) -> dict[str, Any]:
        """The place, as the columns of a version."""
        target = {} if self.key is None else {f"{self.scope}_id": self.key}
        return {
            "scope": self.scope,
            **dict.fromkeys((f"{one}_id" for one in SCOPES[1:]), None),
            **target,
        }

    @classmethod
    def of(cls, row: SystemConfiguration) -> Place:
        """Where a version is set."""
        return cls(row.scope, getattr(row, f"{row.scope}_id", None))


EVERYWHERE = Place()
