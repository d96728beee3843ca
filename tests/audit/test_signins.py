"""Signing in, failing to, being shut out, and the second factor."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from audit.models import AdminAction, SecurityEvent
from tests.builders import make_keeper

LOGIN = "/admin/login/"


def sign_in(client: Client, wrong: str = "", **given: str) -> int:
    data = {"username": "odile", "password": wrong or "correct horse", **given}
    return client.post(LOGIN, data, REMOTE_ADDR="192.0.2.7").status_code


def kinds() -> list[str]:
    return list(SecurityEvent.objects.order_by("pk").values_list("event_type", flat=True))


@pytest.mark.django_db
def test_it_records_sign_ins_and_shuts_out_who_fails_too_often(client: Client) -> None:
    make_keeper("odile")
    client.get("/admin/")
    before = client.session.session_key
    assert sign_in(client) == 302
    assert client.session.session_key != before  # nobody keeps a session from before
    client.post("/admin/logout/")
    assert kinds() == ["login", "logout"]
    assert AdminAction.objects.filter(action_type="account.logout").count() == 1
    login = AdminAction.objects.get(action_type="account.login")
    assert (login.actor_name, login.ip_address) == ("odile", "192.0.2.7")

    assert [sign_in(client, "wrong") for _ in range(5)] == [200, 200, 200, 200, 429]
    assert sign_in(client) == 429  # even with the right one, from there
    client.post(LOGIN, {"username": "my password", "password": "x"}, REMOTE_ADDR="192.0.2.8")
    unknown = SecurityEvent.objects.get(source_ip="192.0.2.8")
    assert unknown.event_data == {"account": "(unknown)"}  # what was typed may be a password
    events = SecurityEvent.objects.filter(event_type="login_failed", source_ip="192.0.2.7")
    assert [e.event_data["account"] for e in events] == ["odile"] * 6
    typed = {"username": "my password", "password": "x"}
    for _ in range(5):
        client.post(LOGIN, typed, REMOTE_ADDR="192.0.2.9")
    lockouts = SecurityEvent.objects.filter(event_type="lockout", severity="high")
    accounts = lockouts.values_list("source_ip", "event_data__account").distinct()
    assert set(accounts) == {("192.0.2.7", "odile"), ("192.0.2.9", "(unknown)")}


@pytest.mark.django_db
def test_it_asks_for_the_code_of_whoever_has_set_one_up(client: Client) -> None:
    make_keeper("odile")
    sign_in(client)
    page = reverse("admin:second_factor")
    shown = client.get(page)
    assert b"data:image/svg+xml" in shown.content
    device = TOTPDevice.objects.get(confirmed=False)
    elsewhere = Client()
    assert sign_in(elsewhere) == 302

    assert "is not right" in str(client.post(page, {"code": "000000"}).content)
    TOTPDevice.objects.update(throttling_failure_count=0)  # a second has passed
    code = token_of(device)
    confirmed = client.post(page, {"code": code})
    spare = confirmed.context["spare_codes"]
    assert len(spare) == 8
    assert client.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302  # it has shown no code

    # Without the code, with a wrong one, with one that was used: no.
    assert [sign_in(elsewhere, code=c) for c in ("", "123456", code)] == [200, 200, 200]
    StaticDevice.objects.update(throttling_failure_count=0)
    assert sign_in(elsewhere, code=f" {spare[0].upper()} ") == 302
    elsewhere.post("/admin/logout/")
    assert sign_in(elsewhere, code=spare[0]) == 200  # good for once
    assert kinds().count("second_factor_failed") == 3

    StaticDevice.objects.update(throttling_failure_count=0)
    client.post(page, {"code": spare[1]})
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    assert sign_in(elsewhere) == 302


@pytest.mark.django_db
def test_each_sets_up_and_removes_their_own_and_by_a_right_code(client: Client) -> None:
    make_keeper("odile")
    mara, hers = make_keeper("mara"), Client()
    begun = TOTPDevice.objects.create(user=mara, confirmed=False, name="App")
    assert sign_in(hers, username="mara") == 302  # she hasn't shown yet that her app knows it
    sign_in(client)
    page = reverse("admin:second_factor")
    client.get(page)
    own = TOTPDevice.objects.get(user__username="odile")
    assert "is not right" in str(client.post(page, {"code": token_of(begun)}).content)
    a_second_passes()
    spare = client.post(page, {"code": token_of(own)}).context["spare_codes"]
    assert hers.get("/admin/").status_code == 200
    assert sign_in(Client(), username="mara") == 302

    TOTPDevice.objects.filter(user=mara).update(confirmed=True)
    StaticDevice.objects.create(user=mara, name="Spare codes", confirmed=True)
    assert "is not right" in str(client.post(page, {"code": "000000"}).content)
    assert TOTPDevice.objects.filter(user__username="odile", confirmed=True).exists()
    a_second_passes()
    client.post(page, {"code": spare[0]})
    for kind in (TOTPDevice, StaticDevice):
        assert [device.user for device in kind.objects.all()] == [mara]
    done = AdminAction.objects.filter(action_type__startswith="account.second_factor")
    told = SecurityEvent.objects.filter(event_type="second_factor_changed")
    for rows in (done, told):
        assert list(rows.values_list("actor_name", flat=True)) == ["odile"] * 2


@pytest.mark.django_db
def test_wrong_codes_shut_out_as_wrong_passwords_do(client: Client) -> None:
    TOTPDevice.objects.create(user=make_keeper("odile"), confirmed=True, name="App")
    wrong = [sign_in(client, code="000000") for _ in range(5)]
    assert wrong == [200, 200, 200, 200, 429]


def a_second_passes() -> None:
    """Since a wrong code was typed."""
    for kind in (TOTPDevice, StaticDevice):
        kind.objects.update(throttling_failure_count=0)


def token_of(device: TOTPDevice) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = dt.datetime.now(dt.UTC).timestamp()
    return f"{totp.token():06d}"


@pytest.mark.django_db
def test_it_resets_the_second_factor_of_who_lost_the_phone(client: Client) -> None:
    owner, other = make_keeper(), get_user_model().objects.create_user("other", is_staff=True)
    device = TOTPDevice.objects.create(user=other, confirmed=True, name="App")
    client.force_login(owner)
    page = reverse("admin:otp_totp_totpdevice_delete", args=[device.pk])
    assert device.key.encode() not in client.get(page).content
    assert client.post(page, {"post": "yes"}).status_code == 302
    assert not TOTPDevice.objects.exists()
    assert AdminAction.objects.first().action_type == "account.second_factor_reset"
