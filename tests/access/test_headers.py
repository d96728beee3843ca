"""What every answer carries, and what a deployment behind https adds."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from audit.models import SecurityEvent
from fishbowl.environment import BASE_DIR
from fishbowl.sources import read
from tests.builders import make_staff
from tests.patience import PATIENCE_S


@pytest.mark.django_db
def test_it_sends_strict_headers_and_records_refusals(client: Client) -> None:
    client.force_login(make_staff("viewer of nothing"))
    for path in ("/", "/admin/login/", "/admin/", "/admin/audit/budget/", "/nowhere/"):
        answer = client.get(path)
        policy = answer["Content-Security-Policy"]
        assert "unsafe" not in policy
        for part in ("default-src 'self'", "object-src 'none'", "frame-ancestors 'none'"):
            assert part in policy
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer["Permissions-Policy"]
    (event,) = SecurityEvent.objects.filter(event_type="permission_denied")
    assert event.actor_name == "viewer of nothing"
    assert event.event_data == {"path": "/admin/audit/budget/", "method": "GET"}

    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/admin/login/", {"username": "a", "password": "b"}).status_code == 403
    refused = SecurityEvent.objects.get(event_type="form_refused")
    assert refused.event_data["path"] == "/admin/login/"
    assert SecurityEvent.objects.filter(event_type="permission_denied").count() == 1


@pytest.mark.parametrize(
    ("given", "is_https"),
    [
        ({}, False),
        ({"HTTPS": "yes"}, True),
        ({"PUBLIC_URL": "https://fishbowl.example.org"}, True),
        ({"PUBLIC_URL": "https://fishbowl.example.org", "HTTPS": "no"}, False),
        ({"PUBLIC_URL": "http://fishbowl.example.org"}, False),
    ],
)
def test_it_knows_whether_it_is_behind_https(given: dict[str, str], is_https: bool) -> None:
    assert read({**given, "FISHBOWL_ENV_FILE": "/nowhere"}).is_https is is_https


def test_it_has_nothing_to_warn_of_once_deployed(tmp_path: Path) -> None:
    surroundings = {
        "PATH": os.environ["PATH"],
        "FISHBOWL_ENV_FILE": "/nowhere",
        "FISHBOWL_VAR": str(tmp_path / "var"),
        "HOST": "0.0.0.0",  # noqa: S104 - a deployment
        "ALLOWED_HOSTS": "fishbowl.example.org",
        "PUBLIC_URL": "https://fishbowl.example.org",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(
        command, cwd=BASE_DIR, env=surroundings, capture_output=True, text=True, timeout=PATIENCE_S
    )
    assert "no issues" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
