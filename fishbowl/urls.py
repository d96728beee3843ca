"""Every address of the web process."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from audit.operation import exposition
from fishbowl import health

admin.autodiscover()

urlpatterns = [
    path("favicon.ico", RedirectView.as_view(url="/static/tank/bowl.svg")),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", exposition.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("", include("conversations.tank.urls")),
]
