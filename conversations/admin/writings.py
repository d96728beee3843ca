"""Files and works on the keepers' pages: what a character wrote, and what may be done with it."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from audit.models import FileOperation
from characters.admin.lists import HouseAdmin, ReadOnlyAdmin
from characters.admin.portrait import when
from characters.admin.tabs import add_tab, panel, panels, table, to_list, to_page
from characters.admin.workspace import ContributionInline, MemberInline
from characters.models import (
    Character,
    CreativeProject,
    ProjectMember,
    WorkspaceFile,
    WorkspaceFileVersion,
)
from conversations.making import creating
from memories import workspace

SHOWN = 20


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
    actions = ["finish", "let_be"]

    @admin.action(description="Finish the selected works as they stand", permissions=["change"])
    def finish(self, request: HttpRequest, rows: QuerySet[CreativeProject]) -> None:
        """Those who wrote them remember them, and speak of them."""
        done = [one for one in rows if creating.finish(one, timezone.now())]
        self.log_action(request, done, "Finished.")
        self.message_user(request, f"{len(done)} finished.", messages.SUCCESS)

    @admin.action(description="Let the selected works be", permissions=["change"])
    def let_be(self, request: HttpRequest, rows: QuerySet[CreativeProject]) -> None:
        """Nobody writes on at them."""
        open_ones = list(rows.filter(status=CreativeProject.Status.OPEN))
        for one in open_ones:
            creating.drop(one)
        self.log_action(request, open_ones, "Let be.")
        self.message_user(request, f"{len(open_ones)} let be.", messages.SUCCESS)


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
    actions = ["restore"]

    def has_restore_permission(self, request: HttpRequest) -> bool:
        """Whether this keeper may bring earlier versions back."""
        return request.user.has_perm("characters.change_workspacefile")

    @admin.action(description="Bring the selected versions back", permissions=["restore"])
    def restore(self, request: HttpRequest, rows: QuerySet[WorkspaceFileVersion]) -> None:
        """Each file stands again as it was; what stands now becomes a version."""
        found = list(rows.select_related("file").order_by("number"))
        for one in found:
            workspace.restore(one.file, one.number, timezone.now())
        self.log_action(request, found, "Brought back.")
        self.message_user(request, f"{len(found)} brought back.", messages.SUCCESS)


def files_of(character: Character, request: HttpRequest) -> SafeString:
    """What it makes, what it has written down, and what it did with files lately."""
    parts = ProjectMember.objects.filter(character=character).select_related("project")
    files = character.files.defer("content").order_by("-updated_at")
    done = FileOperation.objects.filter(character=character)[:SHOWN]
    return panels(
        panel(
            "Works",
            table(
                ["Work", "Kind", "How it stands", "Its part"],
                (
                    (to_page(one.project), one.project.kind, one.project.status, one.status)
                    for one in parts.order_by("-project__updated_at")[:SHOWN]
                ),
                "It has made nothing yet.",
            ),
        ),
        panel(
            "Files of its own",
            table(
                ["File", "Bytes", "Version", "Written"],
                (
                    (to_page(one), one.size, one.version, when(one.updated_at))
                    for one in files[:SHOWN]
                ),
                "It has written nothing down yet.",
            ),
            to_list(WorkspaceFile, {"character__id__exact": character.pk}, "All its files"),
        ),
        panel(
            "What it did with files",
            table(
                ["When", "What", "File", "Came of it"],
                (
                    (
                        when(one.occurred_at),
                        one.operation_type,
                        one.file_path,
                        one.detail or ("done" if one.success else "nothing"),
                    )
                    for one in done
                ),
                "It has done nothing with files yet.",
            ),
        ),
    )


add_tab(
    Character, "files", "Files", files_of, place=60,
    of=[WorkspaceFile, CreativeProject, FileOperation],
)  # fmt: skip
