"""The command that brings the whole society up."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from fishbowl import up


class Command(BaseCommand):
    """`manage.py up`"""

    help = "Starts the servers and the society, and keeps them up until Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until somebody stops it."""
        sys.exit(up.run())
