"""The addresses of the tank."""

from __future__ import annotations

from django.urls import path, re_path

from conversations.tank import views

urlpatterns = [
    path("", views.tank_page, name="tank"),
    path("rooms/<int:channel_id>/", views.room_page, name="room"),
    path("characters/<slug:slug>/", views.character_page, name="character"),
    path("community/", views.community_page, name="community"),
    path("why/<int:turn_id>/", views.why_page, name="why"),
    re_path(r"^media/avatars/(?P<name>[\w.-]+)$", views.avatar, name="avatar"),
]
