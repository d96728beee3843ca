from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from characters.admin.lists import HouseAdmin, ReadOnlyAdmin, TabularInline
from characters.models import (
    Contribution,
    CreativeProject,
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


class FileInline(ReadOnlyInline):
    """The files of a character, on its page."""

    model = WorkspaceFile
    tab = True
    fields = ["path", "size", "version", "updated_at"]
    readonly_fields = ["updated_at"]
    verbose_name_plural = "files"


class PartInline(ReadOnlyInline):
    """The works that a character has a part in, on its page."""

    model = ProjectMember
    tab = True
    fields = ["project", "status", "reason", "answered_at"]
    verbose_name_plural = "creative projects"


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


@admin.register(WorkspaceFileVersion)
class WorkspaceFileVersionAdmin(ReadOnlyAdmin[WorkspaceFileVersion]):
    icon = "difference"
    shelf = "works"
    list_display = ["file", "number", "size", "written_by", "reason", "written_at"]
    list_filter = ["written_by"]
    search_fields = ["file__path", "reason"]
    list_select_related = ["file", "written_by"]
    exclude = ["from_messages", "from_memories"]
    heavy = ["content"]


@admin.register(CreativeProject)
class CreativeProjectAdmin(HouseAdmin[CreativeProject]):
    """What characters make. A keeper may drop it, or say more of what it is."""

    icon = "palette"
    shelf = "works"
    list_display = ["title", "kind", "status", "started_by", "started_at", "finished_at"]
    list_filter = ["status", "kind", "started_by"]
    search_fields = ["title", "theme", "started_by__name"]
    list_select_related = ["started_by"]
    autocomplete_fields = ["started_by"]
    raw_id_fields = ["community", "conversation", "file"]
    inlines = [MemberInline, ContributionInline]


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
