"""The second factor of whoever wants one: a code from an app on the phone, besides the password."""

from __future__ import annotations

import secrets
from base64 import b32encode
from typing import Any

import segno
from django import forms
from django.contrib.auth.signals import user_login_failed
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django_otp import login, match_token
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from unfold.forms import AuthenticationForm
from unfold.widgets import UnfoldAdminTextInputWidget

from audit.models import SecurityEventType
from audit.security.security import record_event
from audit.trail.acting import Acting, of_request
from audit.trail.actions import record_action

SPARE_CODES = 8
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_NEEDED = "Type the code that your app shows, or one of your spare codes."
CODE_WRONG = "That code is not right, or was used already. Wait for the next one, and type it."


class SignInForm(AuthenticationForm):  # type: ignore[misc]
    """Name, password, and the code of whoever has set one up."""

    code = forms.CharField(
        required=False,
        max_length=16,
        label="Code",
        help_text="Only if you have set up a second factor.",
        widget=UnfoldAdminTextInputWidget(
            attrs={"autocomplete": "one-time-code", "inputmode": "text"}
        ),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the code after the password has proved right, so that nobody learns without it
        who has one."""
        cleaned: dict[str, Any] = super().clean()
        user: Any = self.get_user()
        if user is not None and is_on(user):
            code = str(cleaned.get("code", "")).replace(" ", "").lower()
            if not code:
                raise forms.ValidationError(CODE_NEEDED, code="code_needed")
            user.otp_device = match_token(user, code)
            if user.otp_device is None:
                self._refuse(user)
        return cleaned

    def _refuse(self, user: Any) -> None:
        """A wrong code counts as a failed sign-in: five of them shut the address out."""
        sent = of_request(self.request)
        record_event(
            SecurityEventType.SECOND_FACTOR_FAILED,
            who=Acting(ip=sent.ip, agent=sent.agent, means="web"),
            data={"account": user.get_username()},
        )
        user_login_failed.send(
            sender=__name__, credentials={"username": user.get_username()}, request=self.request
        )
        raise forms.ValidationError(CODE_WRONG, code="code_wrong")


def is_on(user: Any) -> bool:
    """Whether the account asks for a code."""
    return bool(TOTPDevice.objects.filter(user=user, confirmed=True).exists())


def begin(user: Any) -> TOTPDevice:
    """The secret that the account's app is to be shown; it asks for no code until confirmed."""
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, name="App", confirmed=False)


def picture(device: TOTPDevice) -> str:
    """The QR code that apps read, made here: the secret goes to no other site."""
    code = segno.make(device.config_url, error="m")
    return str(code.svg_data_uri(scale=5, border=3, light="#fff"))


def secret_of(device: TOTPDevice) -> str:
    """The secret for apps that can't read the picture, in groups of four."""
    text = b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def confirm(request: HttpRequest, code: str) -> list[str]:
    """Ask for a code from now on, if `code` shows that the app knows the secret. Returns spare
    codes, each good for one sign-in, to be shown this once. The account's other sessions end.

    Raises:
        ValueError: the code is wrong.
    """
    user: Any = request.user
    with transaction.atomic():
        device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
        is_right = device is not None and device.verify_token(code.replace(" ", ""))
        if device is not None and is_right:
            device.confirmed = True
            device.save()
            spare = StaticDevice.objects.create(user=user, name="Spare codes", confirmed=True)
            codes = [_spare_code() for _ in range(SPARE_CODES)]
            for one in codes:
                spare.token_set.create(token=one)
            _record(request, "set up")
    if device is None or not is_right:
        raise ValueError(CODE_WRONG)
    login(request, device)
    _end_other_sessions(user, request.session.session_key)
    return codes


def _spare_code() -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(10))


def remove(request: HttpRequest, code: str) -> None:
    """Ask for no code any more.

    Raises:
        ValueError: the code is wrong.
    """
    if match_token(request.user, code.replace(" ", "").lower()) is None:
        raise ValueError(CODE_WRONG)
    reset(request.user)
    _record(request, "removed")


def reset(user: Any) -> None:
    """Take the second factor from an account, as for somebody who lost the phone."""
    StaticDevice.objects.filter(user=user).delete()
    TOTPDevice.objects.filter(user=user).delete()


def _record(request: HttpRequest, what: str) -> None:
    record_action(f"account.second_factor_{what.replace(' ', '_')}", request=request)
    record_event(
        SecurityEventType.SECOND_FACTOR_CHANGED, who=of_request(request), data={"what": what}
    )


def _end_other_sessions(user: Any, own: str | None) -> None:
    """Whoever else is signed in as this account has shown no code."""
    for session in Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=own):
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
