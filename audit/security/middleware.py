"""What every request passes: who is behind it is known, and a refusal is recorded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from audit.models import SecurityEventType
from audit.security.security import record_event
from audit.trail.acting import during, of_request

Answer = HttpResponseBase | Awaitable[HttpResponseBase]
FORBIDDEN = 403
POLICY = "Permissions-Policy"


@sync_and_async_middleware
def who_acts(get_response: Callable[[HttpRequest], Answer]) -> Callable[[HttpRequest], Answer]:
    """Make known who sent the request to all that it does, and record that it was refused."""
    if iscoroutinefunction(get_response):

        async def answer_later(request: HttpRequest) -> HttpResponseBase:
            with during(request):
                answer: HttpResponseBase = await get_response(request)
            if answer.status_code == FORBIDDEN:
                await sync_to_async(_record_refusal)(request)
            answer.headers.setdefault(POLICY, settings.PERMISSIONS_POLICY)
            return answer

        return answer_later

    def answer_now(request: HttpRequest) -> Answer:
        with during(request):
            answer = get_response(request)
        if isinstance(answer, HttpResponseBase):
            if answer.status_code == FORBIDDEN:
                _record_refusal(request)
            answer.headers.setdefault(POLICY, settings.PERMISSIONS_POLICY)
        return answer

    return answer_now


def _record_refusal(request: HttpRequest) -> None:
    """A lockout has recorded itself already, and so has a form without its token."""
    if getattr(request, "refusal_is_recorded", False):
        return
    record_event(
        SecurityEventType.PERMISSION_DENIED,
        who=of_request(request),
        data={"path": request.path[:300], "method": request.method},
    )
