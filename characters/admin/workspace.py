from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from characters.admin.lists import ReadOnlyAdmin, TabularInline
from characters.models import (
    Contribution,
    ProjectMember,
    WorkspaceFile,
    WorkspaceFileVersion,
)


class ReadOnlyInline(TabularInline[Any, Any]):
    """What only the society itself writes, on the page of what it belongs to."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class VersionInline(ReadOnlyInline):
    model = WorkspaceFileVersion
    fields = ["number", "size", "written_by", "reason", "written_at"]


class MemberInline(ReadOnlyInline):
    model = ProjectMember
    fields = ["character", "status", "reason", "invited_at", "answered_at"]


class ContributionInline(ReadOnlyInline):
    model = Contribution
    fields = ["number", "character", "content", "accepted", "verdict", "contributed_at"]


@admin.register(WorkspaceFile)
class WorkspaceFileAdmin(ReadOnlyAdmin[WorkspaceFile]):
    """Files are read here, and deleted with the character that wrote them."""

    icon = "description"
    shelf = "works"
    list_display = ["path", "character", "community", "size", "version", "updated_at"]
    list_filter = ["character", "community"]
    search_fields = ["path", "character__name"]
    list_select_related = ["character", "community"]
    heavy = ["content"]
    inlines = [VersionInline]


@admin.register(ProjectMember)
class ProjectMemberAdmin(ReadOnlyAdmin[ProjectMember]):
    icon = "group_add"
    shelf = "works"
    list_display = ["character", "project", "status", "reason", "invited_at", "answered_at"]
    list_filter = ["status", "character"]
    search_fields = ["character__name", "project__title"]
    list_select_related = ["character", "project"]


@admin.register(Contribution)
class ContributionAdmin(ReadOnlyAdmin[Contribution]):
    icon = "brush"
    shelf = "works"
    list_display = ["project", "number", "character", "accepted", "verdict", "contributed_at"]
    list_filter = ["accepted", "character"]
    search_fields = ["project__title", "character__name"]
    list_select_related = ["project", "character"]
    exclude = ["from_messages"]
    heavy = ["content"]
