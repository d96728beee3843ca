"""Signing in and out, failing to, and being locked out: each a security event."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from audit.models import SecurityEventType
from audit.security.security import record_event
from audit.trail.acting import Acting, of_request
from audit.trail.actions import record_action

LONGEST_NAME = 150


def listen() -> None:
    """Record whoever signs in or out, and whoever fails to."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit.security.signins")
    user_logged_out.connect(_signed_out, dispatch_uid="audit.security.signins")
    user_login_failed.connect(_failed, dispatch_uid="audit.security.signins")
    user_locked_out.connect(_locked_out, dispatch_uid="audit.security.signins")


def _signed_in(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    record_event(SecurityEventType.LOGIN, who=_who(request, user))
    record_action("account.login", user, request=request, user=user)


def _signed_out(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    if user is not None:
        record_event(SecurityEventType.LOGOUT, who=_who(request, user))
        record_action("account.logout", user, request=request, user=user)


def _failed(sender: Any, credentials: Any, request: HttpRequest | None = None, **_: Any) -> None:
    """The name as it was typed: a password in its place is what people mistype most, so what is no
    account's name is not written down."""
    if request is not None:
        name = str(credentials.get("username", ""))[:LONGEST_NAME]
        is_known = _is_account(name)
        record_event(
            SecurityEventType.LOGIN_FAILED,
            who=_who(request, None),
            data={"account": name if is_known else "(unknown)"},
        )


def _locked_out(sender: Any, request: HttpRequest, username: str = "", **_: Any) -> None:
    request.refusal_is_recorded = True  # type: ignore[attr-defined]
    record_event(
        SecurityEventType.LOCKOUT,
        who=_who(request, None),
        data={"account": username if _is_account(username or "") else "(unknown)"},
    )


def _is_account(name: str) -> bool:
    from django.contrib.auth import get_user_model

    return bool(name) and get_user_model().objects.filter(username=name).exists()


def _who(request: HttpRequest, user: Any) -> Acting:
    sent = of_request(request)
    return Acting(
        user=user,
        name=user.get_username() if user is not None else "",
        ip=sent.ip,
        agent=sent.agent,
        means="web",
    )
