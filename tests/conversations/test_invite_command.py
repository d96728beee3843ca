"""The link by which people are invited, as the command prints it."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from conversations.tank.guests import invite_code


def told(site: str) -> str:
    out = io.StringIO()
    call_command("invite", f"--site={site}", stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


@pytest.mark.parametrize("site", ["https://fish.example.org", "http://bowl:8000/", "http://[::1]"])
def test_the_link_stands_under_the_address_that_is_given(site: str) -> None:
    assert told(site) == f"{site.rstrip('/')}/?invite={invite_code()}"


@pytest.mark.parametrize("site", ["not a url", "fish.example.org", "javascript:alert(1)", "http:"])
def test_what_is_no_address_is_refused(site: str) -> None:
    with pytest.raises(CommandError, match=r"--site: .* write it as https://example\.org"):
        told(site)
