"""All benchmarks, one after the other: `make bench`, or `python -m benchmarks [NAME …]`."""

from __future__ import annotations

import subprocess
import sys
import time

from benchmarks.report import RESULTS, ROOT

ALL = {
    "start": ["benchmarks.start"],
    "assembly": ["benchmarks.assembly"],
    "live": ["benchmarks.live"],
    "turns": ["benchmarks.turns"],
    "recall": ["benchmarks.recall"],
    "memory_speed": ["benchmarks.memory_speed"],
    "admin_speed": ["benchmarks.admin_speed"],
    "forgetting": ["benchmarks.forgetting"],
    "soak": ["benchmarks.soak"],
    "talk": ["benchmarks.talk", "--society", "2000", "--out", str(RESULTS / "talk.json")],
}


def main() -> int:
    names = sys.argv[1:] or list(ALL)
    if unknown := [name for name in names if name not in ALL]:
        sys.exit(f"There is no benchmark {', '.join(unknown)}: choose among {', '.join(ALL)}.")
    RESULTS.mkdir(parents=True, exist_ok=True)
    began, failed = time.monotonic(), []
    for name in names:
        if subprocess.run([sys.executable, "-m", *ALL[name]], cwd=ROOT, check=False).returncode:
            failed.append(name)
    print(f"\n{time.monotonic() - began:.0f} s in all; figures as JSON in {RESULTS}")
    if failed:
        print(f"Not measured: {', '.join(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
