"""What installs Fishbowl: the pins, the shell scripts, the containers."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from environ import Env

from fishbowl.environment import BASE_DIR, schema
from fishbowl.processes import RUNS
from fishbowl.values import database_url

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def named(path: str) -> set[str]:
    lines = (BASE_DIR / path).read_text().splitlines()
    return {
        found[0].lower().replace("_", "-").replace(".", "-")
        for line in lines
        if (found := NAME.match(line))
    }


def test_everything_that_is_asked_for_is_pinned_without_addresses() -> None:
    pins = (BASE_DIR / "constraints.txt").read_text()
    assert named("requirements.txt") | named("requirements-dev.txt") <= named("constraints.txt")
    for line in pins.splitlines():
        assert line.startswith("#") or re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+]*", line)


def fake_python(folder: Path, script: str) -> Path:
    path = folder / "fakepython"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ('[ "$1" = -V ] && echo Python 3.9.2; exit 1', "is Python 3.9.2: name another with"),
        (
            f'case "$2" in *ensurepip*) exit 1;; esac; exec {sys.executable} "$@"',
            f"install python3.{sys.version_info.minor}-venv",
        ),
        (
            f'[ "$2" = venv ] && echo "No space left on device" && exit 1; '
            f'exec {sys.executable} "$@"',
            "couldn't be made (No space left on device)",
        ),
    ],
    ids=["too-old", "no-venv-module", "no-room"],
)
def test_an_environment_that_cannot_be_made_is_refused_in_one_sentence(
    tmp_path: Path, script: str, sentence: str
) -> None:
    python = fake_python(tmp_path, script)
    done = subprocess.run(
        ["sh", str(BASE_DIR / "tools" / "environment"), str(python), str(tmp_path / "venv")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("fishbowl: ")
    assert len(done.stderr.splitlines()) == 1
    assert sentence in done.stderr


def test_a_working_environment_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    done = subprocess.run(
        ["sh", str(BASE_DIR / "tools" / "environment"), "/bin/false", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("script", ["tools/environment", "tools/install"])
def test_scripts_are_plain_sh(script: str) -> None:
    subprocess.run(["sh", "-n", script], cwd=BASE_DIR, check=True)


def test_ci_is_bash_and_may_be_run() -> None:
    subprocess.run(["bash", "-n", ".ci/run"], cwd=BASE_DIR, check=True)
    assert os.access(BASE_DIR / ".ci" / "run", os.X_OK)


def test_the_containers_run_the_same_processes_with_the_same_settings() -> None:
    compose = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
    services = compose["services"]
    elsewhere = {"FISHBOWL_VAR", "HOST", "PORT", "DEBUG", "WORKERS"}  # the image's, or --scale's
    for name in ("web", "worker", "beat", "bot"):
        service = services[name]
        assert service["command"] == ["python", "-m", "fishbowl.processes", name]
        assert name in RUNS
        assert set(service["environment"]) - {"PGPASSWORD"} == set(schema()) - elsewhere
    assert "manage.py migrate" in services["migrate"]["command"][-1]
    assert services["ollama"]["profiles"] == ["ollama"]
    assert services["web"]["ports"] == ["${HOST:-127.0.0.1}:${PORT:-8000}:8000"]


@pytest.mark.parametrize("password", ["plain", "q/4+Zk==", "p@ss#word", "100%25", "a:b?c"])
def test_any_password_comes_to_both_ends_as_it_is(password: str) -> None:
    """As `docker compose` fills it in, and PostgreSQL's own client library reads it."""
    services = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())["services"]

    def filled(name: str, setting: str) -> str:
        text = services[name]["environment"][setting]
        return str(text.replace("${POSTGRES_PASSWORD:-fishbowl}", password))

    address = database_url(filled("web", "DATABASE_URL"))
    given = Env.db_url_config(address)["PASSWORD"] or filled("web", "PGPASSWORD")
    assert given == filled("postgres", "POSTGRES_PASSWORD") == password


def test_the_image_runs_as_an_ordinary_user() -> None:
    lines = (BASE_DIR / "Dockerfile").read_text().splitlines()
    assert "USER fishbowl" in lines
    assert [line for line in lines if line.startswith("FROM")][-1] == "FROM python:3.12-slim"
