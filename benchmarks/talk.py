"""Measures a society's talk beside that of people, and checks the offline voice's targets.

python -m benchmarks.talk --society 2000 --check --out var/talk.json
python -m benchmarks.talk --offline 2000
python -m benchmarks.talk --jsonl talk.jsonl
python -m benchmarks.talk --database
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

if __package__ in {None, ""}:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.talk_metrics import TARGETS, Said, load_wordllama, measure
from fishbowl.llm.offline.similar import CachedSimilarity

HERE = Path(__file__).resolve().parent.parent
FIELDS = ("room", "conversation", "speaker", "text", "at")
WORLD = HERE / "characters" / "starter_world" / "characters"


def from_jsonl(path: Path) -> Iterator[Said]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                row = json.loads(line)
                yield Said(
                    str(row.get("room", "")), str(row.get("conversation", "")),
                    str(row.get("speaker", "")), str(row.get("text", "")),
                )  # fmt: skip


def from_database(channel: str | None, limit: int) -> list[Said]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fishbowl.settings")
    import django

    django.setup()
    from conversations.models import Message
    from fishbowl import boot

    boot.use_servers()

    rows = Message.objects.select_related("conversation__channel", "character", "person")
    if channel:
        rows = rows.filter(conversation__channel__name=channel)
    found = []
    for row in rows.order_by("-pk")[:limit]:
        speaker = row.character or row.person
        if speaker is not None and row.content:
            talk = row.conversation
            found.append(Said(str(talk.channel), str(talk.pk), str(speaker), row.content))
    return found[::-1]


def from_society(count: int, seed: int) -> list[Said]:
    """The starter world under the real director, in a database of its own, on a simulated clock."""
    with tempfile.TemporaryDirectory(prefix="fishbowl-talk-") as var:
        os.environ |= {"FISHBOWL_VAR": var, "DJANGO_SETTINGS_MODULE": "fishbowl.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        from conversations.models import Message
        from conversations.simulation.beats import beating
        from conversations.simulation.simulation import Clock, run
        from fishbowl import boot

        boot.use_servers()
        call_command("migrate", verbosity=0)
        call_command("load_world", stdout=StringIO())
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        clock = Clock(tomorrow.replace(hour=13, minute=0, second=0, microsecond=0))
        until = clock.now + timedelta(days=2)
        logging.getLogger("celery.app.trace").setLevel(logging.WARNING)
        with beating(clock.now, lambda now: None) as beats:
            for _ in run(clock, until=until, seed=seed, watched=True, beats=beats):
                if Message.objects.count() >= count:
                    break
        said = from_database(None, count)
        boot.leave_servers()
    return said


def from_offline(count: int, seed: int, *, similar: bool) -> tuple[list[Said], float]:
    from benchmarks.stand_in import Society
    from fishbowl.llm.offline import OfflineVoice

    society = Society.of_world(
        WORLD, OfflineVoice(wordllama_similarity() if similar else None), seed
    )
    started = time.perf_counter()
    found = society.run(count)
    return found, (time.perf_counter() - started) * 1000 / max(1, count)


def wordllama_similarity() -> CachedSimilarity:
    model = load_wordllama()
    return CachedSimilarity(lambda texts: model.embed(texts, norm=True))


def table(figures: dict[str, float | None]) -> str:
    rows = [f"{'figure':<36}{'here':>9}{'people':>9}{'target':>10}"]
    for target in TARGETS:
        value = figures.get(target.name)
        shown = "–" if value is None else f"{value:.3f}" if value < 5 else f"{value:.1f}"
        aim = f"{target.bound} {target.limit:g}" if target.bound else ""
        mark = "" if target.is_met(value) else "  MISSED"
        rows.append(f"{target.label:<36}{shown:>9}{target.people:>9}{aim:>10}{mark}")
    return "\n".join(rows)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--jsonl", type=Path)
    source.add_argument("--database", action="store_true")
    source.add_argument("--offline", type=int, metavar="N", help="the voice under a stand-in")
    source.add_argument("--society", type=int, metavar="N", help="the whole, under the director")
    parser.add_argument("--channel", help="with --database: only this channel")
    parser.add_argument(
        "--limit", type=int, default=20_000, help="with --database: the newest so many"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--plain", action="store_true", help="with --offline: without WordLlama's help"
    )
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    parser.add_argument("--write", type=Path, help="write the messages as JSON lines")
    parser.add_argument(
        "--print", type=int, default=0, metavar="N", help="print the first N of a room"
    )
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument(
        "--keys", action="store_true", help="with --offline and --print: name the pieces"
    )
    parser.add_argument("--quick", action="store_true", help="leave out what needs a classifier")
    parser.add_argument("--check", action="store_true", help="exit 1 when a target is missed")
    given = parser.parse_args(argv)
    per_line = None
    if given.jsonl:
        said = list(from_jsonl(given.jsonl))
    elif given.society:
        said = from_society(given.society, given.seed)
    elif given.database:
        said = from_database(given.channel, given.limit)
    else:
        said, per_line = from_offline(given.offline, given.seed, similar=not given.plain)
    figures = measure(said, slow=not given.quick)
    if given.print:
        show(said, given.print, given.skip, keys=given.keys)
    print(f"{len(said)} messages" + (f", {per_line:.1f} ms each" if per_line is not None else ""))
    print(table(figures))
    if given.write:
        rows = (dict(zip(FIELDS, (getattr(m, f) for f in FIELDS), strict=True)) for m in said)
        given.write.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    missed = [t.name for t in TARGETS if not t.is_met(figures.get(t.name))]
    if given.out:
        report = {
            "messages": len(said),
            "ms_a_line": per_line,
            "figures": figures,
            "missed": missed,
        }
        given.out.write_text(json.dumps(report, indent=2), encoding="utf-8")
    return 1 if given.check and missed else 0


def show(said: list[Said], count: int, skip: int, *, keys: bool = False) -> None:
    room = said[0].room if said else ""
    talk = None
    for message in [m for m in said if m.room == room][skip : skip + count]:
        if message.conversation != talk:
            talk = message.conversation
            print(f"\n--- {room} {talk}")
        print(f"{message.speaker}: {message.text}" + (f"   {message.spent}" if keys else ""))
    print()


if __name__ == "__main__":
    raise SystemExit(main())
