"""Where settings come from: the process's environment and, below it, the file `.env`."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import environ

from fishbowl import mistakes
from fishbowl.environment import BASE_DIR, Environment, schema
from fishbowl.values import ValueRefusedError


class SettingsRefusedError(Exception):
    """Settings are wrong. Each line says which one, and what to do."""

    def __init__(self, complaints: list[str]) -> None:
        super().__init__("\n".join(complaints))
        self.complaints = complaints


def read(process: Mapping[str, str] | None = None) -> Environment:
    """Read and check all settings.

    Raises:
        SettingsRefusedError: some are unknown or malformed.
    """
    process = os.environ if process is None else process
    path = Path(process.get("FISHBOWL_ENV_FILE") or BASE_DIR / ".env")
    in_file, complaints = _read_file(path)
    found: dict[str, Any] = {}
    known = schema()
    given = {**in_file, **process}
    for name, item in known.items():
        if not (raw := given.get(name, "").strip()):
            continue
        try:
            found[item.name] = item.metadata["parse"](raw)
        except ValueRefusedError as error:
            shown = "" if item.metadata["secret"] else f" {raw[:60]!r} won't do:"
            complaints.append(f"{name}{shown} it {error}" if shown else f"{name} {error}")
    complaints += mistakes.unknown(process, in_file, known)
    environment = Environment(**found)
    complaints += mistakes.contradictions(environment)
    if complaints:
        raise SettingsRefusedError(complaints)
    return environment


class _Reader(environ.Env):  # type: ignore[misc]
    """Reads into a dictionary of its own rather than into the process's environment."""

    ENVIRON: ClassVar[dict[str, str]] = {}


def _read_file(path: Path) -> tuple[dict[str, str], list[str]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        return {}, [f"{path} can't be read ({error}): mend it or remove it."]
    complaints = [
        f"{path}, line {place}, must be NAME=value."
        for place, line in enumerate(lines, start=1)
        if line.strip() and not re.match(r"#|(export )?[A-Za-z_0-9]+=", line)
    ]
    if complaints:
        return {}, complaints
    _Reader.ENVIRON = {}
    _Reader.read_env(path)
    return _Reader.ENVIRON, []
