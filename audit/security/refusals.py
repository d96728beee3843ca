"""What is shown to whom is refused: a form without its token, a sign-in too many."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.views.csrf import csrf_failure

from audit.models import SecurityEventType
from audit.security.security import record_event
from audit.trail.acting import of_request


def form_refused(request: HttpRequest, reason: str = "") -> HttpResponseForbidden:
    """Our page that says so (403_csrf.html); and the event. CSRF_FAILURE_VIEW names this."""
    request.refusal_is_recorded = True  # type: ignore[attr-defined]
    record_event(
        SecurityEventType.FORM_REFUSED,
        who=of_request(request),
        data={"path": request.path[:300], "reason": reason[:200]},
    )
    return csrf_failure(request, reason=reason)


def locked_out(request: HttpRequest, *_: Any) -> HttpResponse:
    """The page of an address that failed to sign in too often. AXES_LOCKOUT_CALLABLE names this;
    django-axes says more than is needed, and not the same in each mode."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    context = {
        **admin.site.each_context(request),
        "title": "Locked out",
        "failures": settings.AXES_FAILURE_LIMIT,
        "minutes": minutes,
    }
    return render(request, "admin/locked_out.html", context, status=429)
