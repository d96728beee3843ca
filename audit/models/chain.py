from __future__ import annotations

from django.db import models


class ChainLink(models.Model):
    """One audit row's place in the chain. Written by the database itself (migration 0007).

    `digest` is made of the link before and of the row, so a row that is altered, taken out or put
    in shows. What may hold somebody's data is digested with `salt`; forgetting somebody blanks
    that part of the row and drops the salt, after which no guess can be tried against the digest.
    """

    number = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=63)
    row_id = models.BigIntegerField()
    facts = models.BinaryField()
    content = models.BinaryField()
    salt = models.CharField(max_length=36, null=True)  # noqa: DJ001 - none is what erasure leaves
    digest = models.BinaryField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["source", "row_id"], name="chainlink_one_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.source} {self.row_id}"
