"""A file of contacts on its way in, what it changed, and the rows that stayed out."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from ventanilla.accounts.models import Account, User
from ventanilla.events.claims import CHARS as CLAIM_CHARS
from ventanilla.kit.clock import now


class ContactImport(models.Model):
    """One uploaded file. `read` rows of it are done; a check counts them without writing, an import writes.

    `file` is the Blob, `options` how it is read and where each column goes (importing.options.Options), `findings` what
    was seen in each column, `preview` the four numbers that the check arrived at.
    """

    class State(models.TextChoices):
        CHECKING = "checking"
        CHECKED = "checked"
        IMPORTING = "importing"
        DONE = "done"
        STOPPED = "stopped"
        FAILED = "failed"
        UNDOING = "undoing"
        UNDONE = "undone"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.CHECKING)
    file = models.JSONField()
    options = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1, help_text="Of the options: a check of older ones ends.")
    findings = models.JSONField(default=list, blank=True)
    preview = models.JSONField(default=dict, blank=True)
    problem = models.TextField(blank=True, default="")
    total = models.PositiveIntegerField(default=0)
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=CLAIM_CHARS, blank=True, default="")
    claimed_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When who began it looked at how it ended."
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(read=F("created") + F("updated") + F("unchanged") + F("refused")),
                name="contact_import_adds_up",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                condition=Q(state__in=["checking", "importing", "undoing"]),
                name="contact_import_at_work",
            )
        ]


class ImportedContact(models.Model):
    """What an import did to one contact, kept while it can be undone. `changes` is {field: [old, new]}; no contact key,
    because what the import made may be deleted since."""

    file = models.ForeignKey(ContactImport, on_delete=models.CASCADE, related_name="contacts")
    contact_id = models.BigIntegerField()
    is_new = models.BooleanField()
    version = models.PositiveIntegerField(help_text="Of the contact, as the import left it.")
    changes = models.JSONField(default=dict, blank=True)


class RefusedRow(models.Model):
    """A row that stayed out. `number` counts the file's rows from 1 without the header, `line` is where it begins."""

    file = models.ForeignKey(ContactImport, on_delete=models.CASCADE, related_name="refused_rows")
    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    who = models.CharField(max_length=255, blank=True, default="")
    value = models.CharField(max_length=255, blank=True, default="")
    code = models.CharField(max_length=32)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["file", "number"], name="refused_row_once")]
