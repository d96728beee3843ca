"""`/metrics`: the figures as Prometheus reads them, for this machine or for who has the token."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from audit.operation import alerts, figures

Samples = Callable[..., Iterator[figures.Sample]]
_more: list[Samples] = []


def register(samples: Samples) -> None:
    """Have `samples`, called with the time, tell of more."""
    _more.append(samples)


class _Figures(Collector):
    """Reads everything when it is asked, since every process sees the same rows."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = timezone.now()
        families: dict[str, GaugeMetricFamily] = {}
        for source in (figures.samples, *_more):
            for one in source(now):
                family = families.setdefault(
                    one.name,
                    GaugeMetricFamily(f"fishbowl_{one.name}", one.help, labels=list(one.labels)),
                )
                family.add_metric(list(one.labels.values()), one.value)
        yield from families.values()


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as text. Who may not read them is told so, and how to."""
    if not _may_read(request):
        return HttpResponse(
            "Set METRICS_TOKEN and send it as a bearer token, or ask from this machine.\n",
            status=403,
            content_type="text/plain",
        )
    alerts.watch_if_stale()
    registry = CollectorRegistry()
    registry.register(_Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token = settings.FISHBOWL.metrics_token
    if token:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        return hmac.compare_digest(given.encode(), token.encode())
    if "X-Forwarded-For" in request.headers:  # what a proxy hands on comes from elsewhere
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
