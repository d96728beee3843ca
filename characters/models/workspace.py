from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Lower

from characters.models.character import Character
from characters.models.fields import Timestamped
from characters.models.naming import called

LARGEST_FILE = 1024 * 1024  # bytes
LARGEST_SPACE = 50 * 1024 * 1024


def _has_size_of_content(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(
            size=Func(F("content"), function="octet_length", output_field=models.IntegerField())
        ),
        violation_error_message="The size is that of the content.",
    )


class WorkspaceFile(Timestamped):
    """A text that a character wrote: in its own space, or in the one a community shares.

    Written by `memories.workspace` alone, which checks paths and quotas and keeps versions.
    """

    character = models.ForeignKey(
        Character,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="files",
        help_text="Whose own it is; empty means that it is shared.",
    )
    community = models.ForeignKey(
        "characters.Community",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="files",
        help_text="Where a shared one is shared.",
    )
    path = models.CharField(max_length=200)
    content = models.TextField(blank=True)
    mime_type = models.CharField(max_length=40, default="text/markdown")
    size = models.IntegerField(default=0, help_text="Bytes.")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["character", "path"]
        constraints = [
            models.CheckConstraint(
                name="workspacefile_size_range",
                condition=Q(size__gte=0, size__lte=LARGEST_FILE),
                violation_error_message="A file has at most 1 MB.",
            ),
            _has_size_of_content("workspacefile_size_true"),
            models.CheckConstraint(
                name="workspacefile_one_space",
                condition=Q(character__isnull=True) | Q(community__isnull=True),
                violation_error_message="A file is a character's own, or shared.",
            ),
            # Names that differ in case alone look alike.
            models.UniqueConstraint(
                F("character"),
                F("community"),
                Lower("path"),
                name="workspacefile_unique_path",
                nulls_distinct=False,
                violation_error_message="There is a file of that name already.",
            ),
            models.CheckConstraint(
                name="workspacefile_path_plain",
                condition=~Q(path__startswith="/")
                & ~Q(path__contains="..")
                & ~Q(path__contains="\\")
                & ~Q(path=""),
                violation_error_message="The path is relative and has no .. in it.",
            ),
        ]

    def __str__(self) -> str:
        return self.path


class WorkspaceFileVersion(models.Model):
    """A file as it was written once. What it was made from is named, to go with it."""

    named_by: ClassVar = ("file",)

    file = models.ForeignKey(WorkspaceFile, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    content = models.TextField(blank=True)
    size = models.IntegerField(default=0, help_text="Bytes.")
    written_by = models.ForeignKey(
        Character, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField()
    from_messages: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "conversations.Message", blank=True, related_name="+"
    )
    from_memories: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "memories.Memory", blank=True, related_name="+"
    )

    class Meta:
        ordering = ["file", "-number"]
        constraints = [
            models.CheckConstraint(
                name="workspacefileversion_size_range",
                condition=Q(size__gte=0, size__lte=LARGEST_FILE),
            ),
            _has_size_of_content("workspacefileversion_size_true"),
            models.UniqueConstraint(
                fields=["file", "number"], name="workspacefileversion_unique_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{called(self, 'file')} as of {self.number}"
