from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from memories.recall.synonyms import WORKED_OUT, work_out


class Command(BaseCommand):
    help = (
        "Work out anew which words are others for a word, after another WordLlama was installed. "
        f"Writes memories/recall/{WORKED_OUT.name}, which belongs to the source."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        text = work_out()
        WORKED_OUT.write_text(text, "utf-8")
        self.stdout.write(f"{len(text.splitlines())} words written to {WORKED_OUT}.")
