"""Every address of the web process."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from fishbowl import health

urlpatterns = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("conversations.urls")),
]
