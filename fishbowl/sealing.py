"""Secrets that rows keep, such as the tokens of webhooks, sealed with this deployment's key."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seal(text: str, key: str) -> str:
    """A secret as it may be stored in the database; `key` is what signs sessions. Empty stays
    empty."""
    return _fernet(key).encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str, key: str) -> str:
    """The secret that was sealed; empty if it was sealed by another key, or nothing was."""
    try:
        return _fernet(key).decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""


def _fernet(key: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), length=32, salt=None, info=b"fishbowl sealed secrets")
    return Fernet(base64.urlsafe_b64encode(derived.derive(key.encode())))
