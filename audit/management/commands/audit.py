"""The command that verifies the audit trail, and writes it out."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date

from audit.models import SecurityEventType
from audit.security.security import record_event
from audit.trail import chain, trailfiles
from audit.trail.acting import acting_as
from audit.trail.actions import record_action


class Command(BaseCommand):
    """`manage.py audit verify [--anchor HEAD]` and `manage.py audit export [--format jsonl]`."""

    help = "Verifies the audit trail (verify), or prints it (export)."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to do, and with which rows."""
        deeds = parser.add_subparsers(dest="deed", required=True)
        verify = deeds.add_parser("verify", help="find the first row that was tampered with")
        verify.add_argument(
            "--anchor",
            default="",
            metavar="HEAD",
            help="a head that an earlier verification printed: nothing up to it may be missing",
        )
        export = deeds.add_parser("export", help="print the trail")
        export.add_argument("--format", choices=sorted(trailfiles.FORMATS), default="jsonl")
        export.add_argument("--source", choices=sorted(trailfiles.NAMES), help="left out: all")
        export.add_argument("--since", metavar="YYYY-MM-DD", help="from this day on (UTC)")
        export.add_argument("--until", metavar="YYYY-MM-DD", help="before this day (UTC)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        with acting_as(name="manage.py audit", means="command"):
            if options["deed"] == "verify":
                self._verify(options["anchor"])
            else:
                self._export(options)

    def _verify(self, anchor: str) -> None:
        try:
            verdict = chain.verify(anchor)
        except ValueError as error:
            raise CommandError(str(error)) from None
        if verdict.first_break is not None:
            record_event(SecurityEventType.CHAIN_BROKEN, data={"first": str(verdict.first_break)})
            raise CommandError(f"The trail was tampered with: {verdict.first_break}.")
        self.stdout.write(
            f"The trail is whole: {verdict.links} rows, of which {verdict.erased} were blanked "
            f"when somebody was forgotten.\nHead: {verdict.head}"
        )

    def _export(self, options: dict[str, Any]) -> None:
        days = {name: self._day(name, options[name]) for name in ("since", "until")}
        if None not in days.values() and days["since"] >= days["until"]:
            raise CommandError("--since must lie before --until: there is no day between them.")
        names = [options["source"]] if options["source"] else list(trailfiles.NAMES)
        record_action(
            "audit.export",
            changes={
                "format": options["format"],
                "sources": names,
                **{name: str(day) for name, day in days.items() if day},
            },
        )
        for line in trailfiles.lines(names, options["format"], **days):
            self.stdout.write(line, ending="")
        sys.stdout.flush()

    def _day(self, name: str, text: str | None) -> Any:
        if text is None:
            return None
        try:
            day = parse_date(text)
        except ValueError:
            day = None
        if day is None:
            raise CommandError(f"--{name}: {text!r} is no day; write it as in 2026-03-04.")
        return day
