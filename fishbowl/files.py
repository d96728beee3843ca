"""Static files by WhiteNoise, in the web process itself.

WhiteNoise's own middleware knows sync alone: under ASGI it would send every request through two
more threads, and stream files by an iterator that ASGI can't await.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from whitenoise.middleware import WhiteNoiseMiddleware

Answer = HttpResponseBase | Awaitable[HttpResponseBase]


class Shelf(WhiteNoiseMiddleware):  # type: ignore[misc]
    """WhiteNoise's index of the static files, read once when the process starts."""

    def answer(self, request: HttpRequest) -> HttpResponse | None:
        """The file that the request asks for, or None. Files are few and small: read at once."""
        path = request.path_info
        found = self.find_file(path) if self.autorefresh else self.files.get(path)
        if found is None:
            return None
        given = found.get_response(request.method, request.META)
        body = b""
        if given.file is not None:
            with given.file as file:
                body = file.read()
        return HttpResponse(body, status=int(given.status), headers=dict(given.headers))


@sync_and_async_middleware
def static_files(get_response: Callable[[HttpRequest], Answer]) -> Callable[[HttpRequest], Answer]:
    """Answer with a static file where the path names one."""
    shelf = Shelf()

    if iscoroutinefunction(get_response):

        async def find_or_pass_on(request: HttpRequest) -> HttpResponseBase:
            if (file := shelf.answer(request)) is not None:
                return file
            answer: HttpResponseBase = await get_response(request)
            return answer

        return find_or_pass_on

    def find_or_pass(request: HttpRequest) -> Answer:
        return shelf.answer(request) or get_response(request)

    return find_or_pass
