"""What memories have to do with one another, what became of them, and what they were made from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from characters.models.fields import UnitField, in_unit, one_of
from memories.models.memory import Memory


class LinkType(models.TextChoices):
    RELATED = "related"
    ELABORATES = "elaborates"
    CONTRADICTS = "contradicts"
    CAUSES = "causes"
    SAME_EVENT = "same_event"
    ABOUT_SAME = "about_same"
    SUPERSEDES = "supersedes"


class LinkOrigin(models.TextChoices):
    AUTO = "auto"
    EXPLICIT = "explicit"


MAX_AUTOMATIC_LINKS = 10


class MemoryLink(models.Model):
    """That one memory has to do with another. A trigger allows ten automatic ones a memory."""

    Type = LinkType
    Origin = LinkOrigin

    from_memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="links")
    to_memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="linked_from")
    link_type = models.CharField(max_length=12, choices=LinkType, default=LinkType.RELATED)
    strength = UnitField(default=0.7)
    origin = models.CharField(max_length=10, choices=LinkOrigin, default=LinkOrigin.AUTO)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            one_of("memorylink_type_known", "link_type", LinkType),
            one_of("memorylink_origin_known", "origin", LinkOrigin),
            *in_unit("memorylink", "strength"),
            models.UniqueConstraint(
                fields=["from_memory", "to_memory", "link_type"], name="memorylink_unique"
            ),
            models.CheckConstraint(
                name="memorylink_not_to_itself", condition=~Q(from_memory=F("to_memory"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_memory_id} {self.link_type} {self.to_memory_id}"


class RevisionReason(models.TextChoices):
    CONTRADICTION = "contradiction"
    CONSOLIDATION = "consolidation"
    ADMIN = "admin"
    FORGETTING = "forgetting"


class MemoryRevision(models.Model):
    """That a memory's words or standing changed, and from what. Rows are only ever added."""

    Reason = RevisionReason

    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="revisions")
    content_before = models.TextField()
    content_after = models.TextField(blank=True)
    reason = models.CharField(max_length=14, choices=RevisionReason)
    replaced_by = models.ForeignKey(
        Memory, null=True, blank=True, on_delete=models.SET_NULL, related_name="replaces"
    )
    revised_at = models.DateTimeField()

    class Meta:
        ordering = ["-revised_at", "-pk"]
        constraints = [one_of("memoryrevision_reason_known", "reason", RevisionReason)]
        indexes = [models.Index(fields=["memory", "-revised_at"], name="memoryrevision_recent")]

    def __str__(self) -> str:
        return f"{self.reason} of {self.memory_id}"


class Derivation(models.Model):
    """What a memory was made from: another memory, or something that was said. Its trust is the
    least of its sources', and erasing a person follows these rows."""

    memory = models.ForeignKey(Memory, on_delete=models.CASCADE, related_name="sources")
    from_memory = models.ForeignKey(
        Memory, null=True, blank=True, on_delete=models.CASCADE, related_name="derived"
    )
    from_message = models.ForeignKey(
        "conversations.Message",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="derived_memories",
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="derivation_one_source",
                condition=Q(from_memory__isnull=False, from_message__isnull=True)
                | Q(from_memory__isnull=True, from_message__isnull=False),
            ),
            models.CheckConstraint(
                name="derivation_not_from_itself",
                condition=Q(from_memory__isnull=True) | ~Q(from_memory=F("memory")),
            ),
            models.UniqueConstraint(
                fields=["memory", "from_memory", "from_message"],
                nulls_distinct=False,
                name="derivation_unique",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.memory_id} from {self.from_memory_id or self.from_message_id}"
