"""The command that audits what all remember."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.configuration.configuration import is_society_paused
from fishbowl.outages import told_in_a_sentence
from memories.models import Contagion, HygieneFinding, HygieneRun
from memories.nights import hygiene, nightly


class Command(BaseCommand):
    """`manage.py hygiene [--report] [--revert ID]`"""

    help = (
        "Sets aside memories that repeat others, say nothing, or are a character's own words come "
        "back; measures false recall; notices what spreads through the talk."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Do it, tell of the last one, or bring something back."""
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--report", action="store_true", help="only tell what the last one found")
        what.add_argument("--revert", type=int, metavar="ID", help="bring back what a finding took")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is asked, and tell."""
        with told_in_a_sentence("What was done so far holds"):
            self._do(options)

    def _do(self, options: dict[str, Any]) -> None:
        if options["revert"] is not None:
            self._revert(options["revert"])
            return
        if not options["report"]:
            if is_society_paused():
                raise CommandError("The society is stopped: nothing changes until it goes on.")
            try:
                nightly.audit()
            except nightly.NightRefused as why:
                raise CommandError(str(why)) from None
        run = HygieneRun.objects.filter(finished_at__isnull=False).first()
        if run is None:
            raise CommandError("There has been no audit yet: run manage.py hygiene.")
        self._tell(run)

    def _revert(self, pk: int) -> None:
        finding = HygieneFinding.objects.select_related("memory").filter(pk=pk).first()
        if finding is None:
            raise CommandError(f"There is no finding {pk}.")
        if not hygiene.revert(finding):
            raise CommandError(f"Finding {pk} was brought back already.")
        self.stdout.write(f"Back: {finding.memory}")

    def _tell(self, run: HygieneRun) -> None:
        findings = list(run.findings.select_related("memory__owner").order_by("kind", "pk"))
        kinds = Counter(finding.kind for finding in findings)
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items())) or "nothing"
        self.stdout.write(f"{run}: {run.examined} examined, found {told}")
        if run.false_recall is not None:
            self.stdout.write(f"false recall: {run.false_recall:.0%} of unrelated questions")
        for finding in findings:
            mark = " (brought back)" if finding.reverted_at else ""
            self.stdout.write(
                f"  {finding.pk} {finding.kind} {finding.memory.owner}: {finding.memory} — "
                f"{finding.detail}{mark}"
            )
        for one in Contagion.objects.filter(is_damped=True).select_related("origin"):
            self.stdout.write(
                f"  spreads: {one.kind} “{one}” from {one.origin} to {len(one.carriers)}, "
                f"{one.uses} uses"
            )
