from __future__ import annotations

from django.contrib import admin

from audit.models import FileOperation
from characters.admin.lists import ReadOnlyAdmin


@admin.register(FileOperation)
class FileOperationAdmin(ReadOnlyAdmin[FileOperation]):
    icon = "folder_open"
    shelf = "security"
    dated = "occurred_at"
    list_display = [
        "occurred_at",
        "character",
        "operation_type",
        "file_path",
        "success",
        "size",
        "detail",
    ]
    list_filter = ["operation_type", "success", "character"]
    search_fields = ["file_path", "character__name"]
    list_select_related = ["character"]
