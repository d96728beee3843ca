from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from characters.models.character import Character
from characters.models.fields import Timestamped, one_of
from characters.models.naming import called
from characters.models.workspace import WorkspaceFile


class CreativeProjectKind(models.TextChoices):
    POEM = "poem"
    STORY = "story"
    SONG = "song"
    LETTER = "letter"
    ESSAY = "essay"


class CreativeProjectStatus(models.TextChoices):
    OPEN = "open"
    FINISHED = "finished"
    DROPPED = "dropped"


class CreativeProject(Timestamped):
    """Something that a character makes, alone or with others. Its file holds what it has grown to:
    the contributions that were accepted, in their order."""

    Kind = CreativeProjectKind
    Status = CreativeProjectStatus

    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    description = models.TextField(blank=True)
    theme = models.CharField(max_length=200, blank=True, help_text="What moved its starter to it.")
    started_by = models.ForeignKey(
        Character, on_delete=models.CASCADE, related_name="projects_started"
    )
    community = models.ForeignKey(
        "characters.Community", null=True, blank=True, on_delete=models.CASCADE
    )
    conversation = models.ForeignKey(
        "conversations.Conversation",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="The talk that it came from.",
    )
    file = models.OneToOneField(
        WorkspaceFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="project"
    )
    members: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        Character, through="characters.ProjectMember", related_name="projects"
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-started_at", "-pk"]
        constraints = [
            one_of("creativeproject_kind_known", "kind", CreativeProjectKind),
            one_of("creativeproject_status_known", "status", CreativeProjectStatus),
            models.CheckConstraint(
                name="creativeproject_finished_has_time",
                condition=Q(status="finished", finished_at__isnull=False)
                | (~Q(status="finished") & Q(finished_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ProjectMemberStatus(models.TextChoices):
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class ProjectMember(models.Model):
    """A character's part in a project: asked to join it, and what it said to that."""

    named_by: ClassVar = ("character", "project")

    Status = ProjectMemberStatus

    project = models.ForeignKey(CreativeProject, on_delete=models.CASCADE, related_name="parts")
    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="project_parts")
    status = models.CharField(max_length=10, choices=Status, default=Status.INVITED)
    reason = models.CharField(max_length=200, blank=True)
    invited_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["project", "invited_at", "pk"]
        constraints = [
            one_of("projectmember_status_known", "status", ProjectMemberStatus),
            models.UniqueConstraint(fields=["project", "character"], name="projectmember_unique"),
        ]

    def __str__(self) -> str:
        return f"{called(self, 'character')} in {called(self, 'project')}: {self.status}"


class Contribution(models.Model):
    """A piece that a member wrote for a project. The starter takes it in, or doesn't; until then
    nobody has decided."""

    named_by: ClassVar = ("project",)

    project = models.ForeignKey(
        CreativeProject, on_delete=models.CASCADE, related_name="contributions"
    )
    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="contributions")
    number = models.PositiveIntegerField()
    content = models.TextField()
    accepted = models.BooleanField(null=True, blank=True)
    verdict = models.CharField(max_length=200, blank=True, help_text="Why it was taken, or not.")
    contributed_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    from_messages: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "conversations.Message", blank=True, related_name="+"
    )

    class Meta:
        ordering = ["project", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], name="contribution_unique_number"
            ),
            models.CheckConstraint(
                name="contribution_decided_has_time",
                condition=Q(accepted__isnull=True, decided_at__isnull=True)
                | Q(accepted__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {called(self, 'project')}"
