"""One entry of the audit log."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AuditEntry(models.Model):
    """An act of administration, or a look at what few may see. Entries outlive what they are about: they point at nothing.

    The database itself refuses to change one, or to delete a young one (migration 0002): personal data may be blanked,
    and nothing else. People's names are no part of it; they are read where they stand when an entry is shown.
    """

    account_id = models.BigIntegerField()
    event = models.CharField(max_length=64)  # the fact's name
    subject = models.CharField(max_length=64)  # the model of what it was done to
    subject_id = models.BigIntegerField(null=True)
    subject_name = models.CharField(max_length=255, blank=True, default="")  # as it was called then
    actor_kind = models.CharField(max_length=16, blank=True, default="")
    actor_id = models.BigIntegerField(null=True)
    data = models.JSONField(default=dict)  # what the fact carries: `changes` is {field: [before, after]}
    address = models.CharField(max_length=255, blank=True, default="")
    device = models.CharField(max_length=255, blank=True, default="")
    way = models.CharField(max_length=16, blank=True, default="")
    request = models.CharField(max_length=36, blank=True, default="")
    happened_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["account_id", "-id"], name="audit_newest"),
            models.Index(fields=["account_id", "subject", "-id"], name="audit_by_subject"),
            models.Index(fields=["account_id", "actor_kind", "actor_id", "-id"], name="audit_by_actor"),
            models.Index(fields=["happened_at"], name="audit_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.event} #{self.pk}"
