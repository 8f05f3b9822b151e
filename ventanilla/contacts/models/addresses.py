"""By what else a contact is known, and the contacts that were merged into another."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.models.contacts import Contact
from ventanilla.kit.clock import now


class ContactAddress(models.Model):
    """One more address of a contact, beside the email and phone that stand on the record and are written to first.

    Nobody else of the account has it, so whoever writes from it is recognised.
    """

    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"
        INSTAGRAM = "instagram"
        FACEBOOK = "facebook"
        TELEGRAM = "telegram"
        DOCUMENT = "document"

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    value = models.CharField(max_length=255)
    created_at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "kind", "value"], name="contact_address_once")
        ]


class ContactMerge(models.Model):
    """A merge that can be undone. `snapshot`: the record that ended; `moved`: the rows that went along, by model;
    `filled`: what the other one took from it, {field: [old, new]}."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="merges")
    mergee_id = models.BigIntegerField()
    name = models.CharField(max_length=255, blank=True, default="")
    snapshot = models.JSONField()
    moved = models.JSONField(default=dict)
    filled = models.JSONField(default=dict)
    merged_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=now)
