"""Secrets in rows can be read with this deployment's key, and with no other."""

from __future__ import annotations

from fishbowl.sealing import seal, unseal

KEY = "a key that signs sessions"


def test_what_is_sealed_is_opened_by_the_same_key_alone() -> None:
    sealed = seal("a.webhook.token", KEY)
    assert "webhook" not in sealed
    assert sealed != seal("a.webhook.token", KEY)
    assert unseal(sealed, KEY) == "a.webhook.token"
    assert unseal(sealed, "another key") == ""


def test_what_was_tampered_with_is_nothing() -> None:
    sealed = seal("a.webhook.token", KEY)
    assert unseal(sealed[:-4] + "AAA=", KEY) == ""
    assert unseal("not sealed at all", KEY) == ""


def test_nothing_stays_nothing() -> None:
    assert seal("", KEY) == unseal("", KEY) == ""
