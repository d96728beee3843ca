"""The command that changes the embedding space."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from fishbowl.llm.embedding import WordLlamaEmbedder
from fishbowl.llm.errors import GatewayError
from fishbowl.outages import told_in_a_sentence
from memories.embedding import filling, reembedding
from memories.embedding.embedding import active_model, settings_trouble


class Command(BaseCommand):
    """`manage.py reembed --model NAME`, `--status`, `--abort`"""

    help = (
        "Embeds everything anew with another model, while the society goes on with the old one, "
        "and then changes over at once. Run it again after it was cut short: it goes on from there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which model, and how to have its vectors."""
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--model",
            help=f"the model's name at the embedding server, or {WordLlamaEmbedder.name}",
        )
        what.add_argument("--status", action="store_true", help="tell how far a change has come")
        what.add_argument("--abort", action="store_true", help="give up a change that is half done")
        parser.add_argument(
            "--dimensions", type=int, help="how long its vectors must be (default: as they are)"
        )
        parser.add_argument(
            "--provider",
            choices=["server", WordLlamaEmbedder.provider],
            default="",
            help="who makes the vectors (default: by the model's name)",
        )
        parser.add_argument(
            "--batch-size", type=int, default=256, help="rows at a time (default: 256)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is asked, or say in a sentence why not."""
        if options["batch_size"] < 1:
            raise CommandError("--batch-size must be at least 1.")
        # A switch whose answer was lost may have been made: what to do is the same.
        with told_in_a_sentence("What is embedded so far waits there"):
            self._do(options)

    def _do(self, options: dict[str, Any]) -> None:
        try:
            if options["status"]:
                self._tell_status()
                return
            with reembedding.alone():
                if options["abort"]:
                    self._abort()
                else:
                    self._change(options)
        except reembedding.ReembeddingRefused as error:
            raise CommandError(str(error)) from None
        except GatewayError as error:
            so_far = "What is embedded so far waits" if reembedding.status() else "All is as it was"
            raise CommandError(f"{error} {so_far}: run the same command again to go on.") from None

    def _change(self, options: dict[str, Any]) -> None:
        with reembedding.begin(
            options["model"],
            dimensions=options["dimensions"],
            provider=options["provider"],
            batch_size=options["batch_size"],
        ) as change:
            self._prepare(change)
            placed = change.switch()
        self.stdout.write(
            self.style.SUCCESS(
                f"{change.target} is in force, with {sum(placed.values())} vectors. Running "
                "processes follow within a second."
            )
        )
        if change.refused:
            self.stderr.write(f"{len(change.refused)} texts are refused by it and go without.")
        if late := filling.fill_missing(for_s=60.0):
            self.stdout.write(f"{late} rows that came at the last moment have theirs too.")
        self._tell_trouble()

    def _prepare(self, change: reembedding.Reembedding) -> None:
        begun = reembedding.status()
        done = sum(begun.waiting.values()) if begun else 0
        if done:
            self.stdout.write(f"{done} vectors wait already.")
        with tqdm(
            total=sum(reembedding.count_rows().values()),
            initial=done,
            unit=" rows",
            desc=change.target.name,
            file=self.stderr,
            mininterval=0.5,
        ) as bar:
            change.on_made = bar.update
            change.prepare()

    def _abort(self) -> None:
        if reembedding.status() is None:
            self.stdout.write("No change is under way.")
            return
        self.stdout.write(f"Given up; {reembedding.abort()} waiting vectors are thrown away.")

    def _tell_status(self) -> None:
        self.stdout.write(f"In force: {active_model()}.")
        self._tell_trouble()
        status = reembedding.status()
        if status is None:
            self.stdout.write("No change is under way.")
            return
        self.stdout.write(f"A change to {status.target} is under way, or was cut short:")
        for table, number in status.rows.items():
            self.stdout.write(f"  {table}: {status.waiting[table]} of {number}")

    def _tell_trouble(self) -> None:
        if trouble := settings_trouble(active_model()):
            self.stderr.write(trouble)
