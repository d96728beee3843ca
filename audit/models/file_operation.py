from __future__ import annotations

from django.db import models

from characters.models.fields import one_of


class FileOperationType(models.TextChoices):
    READ = "read"
    WRITE = "write"
    LIST = "list"
    DELETE = "delete"
    DENIED = "denied"


class FileOperation(models.Model):
    """Something done with a character's files, or refused. Rows are only ever added."""

    OperationType = FileOperationType

    character = models.ForeignKey(
        "characters.Character",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="file_operations",
        help_text="Who did it; empty for a keeper.",
    )
    operation_type = models.CharField(max_length=10, choices=OperationType)
    file_path = models.CharField(
        max_length=300, help_text="As it was given; what can't be stored stands escaped."
    )
    success = models.BooleanField(default=True)
    size = models.PositiveIntegerField(default=0, help_text="Bytes.")
    detail = models.CharField(max_length=300, blank=True)
    occurred_at = models.DateTimeField()

    class Meta:
        ordering = ["-occurred_at", "-pk"]
        constraints = [
            one_of("fileoperation_operation_type_known", "operation_type", FileOperationType)
        ]
        indexes = [
            models.Index(fields=["character", "-occurred_at"], name="fileoperation_of_character")
        ]

    def __str__(self) -> str:
        return f"{self.operation_type} {self.file_path}"
