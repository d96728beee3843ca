"""Security events: recorded, limited where one source would fill the log, resolved with a note."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.utils import timezone

from audit.models import AdminAction, SecurityEvent
from audit.operation import troubles
from audit.security import security
from audit.trail.acting import Acting, acting_as, address_of, during
from audit.trail.actions import record_action
from tests.builders import make_character, make_keeper


@pytest.mark.django_db
def test_it_records_who_and_from_where_and_limits_one_source() -> None:
    keeper = make_keeper("odile")
    request = RequestFactory().post(
        "/admin/",
        REMOTE_ADDR="192.0.2.7",
        headers={"user-agent": "Lynx " * 99, "x-forwarded-for": "10.0.0.1"},
    )
    request.user = keeper
    character = make_character()
    with during(request):
        action = record_action("character.pause", character, changes={"why": "tired"})
        denied = security.record_event("permission_denied")
    assert (action.actor, action.actor_name, action.ip_address) == (keeper, "odile", "192.0.2.7")
    assert action.resource_affected == f"characters.character:{character.pk}"
    assert len(action.user_agent) == 300
    assert denied is not None
    assert (denied.source_ip, denied.actor, denied.severity) == ("192.0.2.7", keeper, "medium")

    with acting_as(name="a keeper on Discord", means="discord"):
        action = record_action("society.pause")
    assert (action.actor, action.actor_name) == (None, "a keeper on Discord")
    assert action.changes_made == {"by_means_of": "discord"}
    assert record_action("society.pause").actor_name == ""

    for number in range(50):
        security.record_event("bad_origin", source="192.0.2.8", data={"number": number})
        security.record_event("login_failed", who=Acting(ip=f"192.0.2.{number}"))
        security.record_event("lockout", source="192.0.2.8")
    written = SecurityEvent.objects.filter(source_ip="192.0.2.8")
    assert written.filter(event_type="bad_origin").count() == security.MOST
    assert SecurityEvent.objects.filter(event_type="login_failed").count() == 50
    (trouble,) = troubles.unresolved_events(timezone.now())
    assert (trouble.subject, trouble.severity) == ("lockout high", "warning")
    assert trouble.detail.startswith("locked out: 50 security events of high severity.")

    event = written.first()
    assert event is not None
    with pytest.raises(ValueError, match="resolution: say in a note"):
        security.resolve(event, "  ", user=keeper)
    assert security.resolve(event, "A test of ours.", user=keeper)
    assert not security.resolve(event, "Again.", user=keeper)
    event.refresh_from_db()
    assert (event.resolved, event.resolved_by, event.resolution) == (
        True,
        keeper,
        "A test of ours.",
    )
    assert AdminAction.objects.filter(action_type="security.resolve").count() == 1
    assert SecurityEvent.objects.filter(resolved=True).count() == 1


@pytest.mark.django_db
def test_each_who_comes_from_no_address_has_a_share_of_their_own_and_later_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    times = [1000.0]
    monkeypatch.setattr(security.time, "monotonic", lambda: times[0])

    def written(event_type: str, **culprit: object) -> int:
        return sum(
            security.record_event(event_type, data=culprit) is not None
            for _ in range(security.MOST + 1)
        )

    security.forget_seen()
    for one in ("1", "2"):
        assert written("injection_attempt", person=one) == security.MOST
        assert written("row_denied", character=one) == security.MOST
        assert written("token_error", server=one) == security.MOST
    assert written("injection_attempt", person="1") == 0
    times[0] += security.WITHIN_S + 1
    assert written("injection_attempt", person="1") == security.MOST


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("unix:", None),
        ("", None),
    ],
)
def test_it_takes_addresses_alone(given: str, taken: str | None) -> None:
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=given)) == taken
