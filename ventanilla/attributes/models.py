"""Definition of a custom attribute."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from ventanilla.accounts.models import Account
from ventanilla.kit.clock import now


class AttributeModel(models.IntegerChoices):
    """What the attribute is of; the number is the contract's."""

    CONVERSATION = 0, "conversation_attribute"
    CONTACT = 1, "contact_attribute"


class DisplayType(models.IntegerChoices):
    """How a value is shown and compared; the number is the contract's."""

    TEXT = 0, "text"
    NUMBER = 1, "number"
    CURRENCY = 2, "currency"
    PERCENT = 3, "percent"
    LINK = 4, "link"
    DATE = 5, "date"
    LIST = 6, "list"
    CHECKBOX = 7, "checkbox"


class AttributeDefinition(models.Model):
    """A custom attribute of conversations or contacts. `key` never changes once made."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="attribute_definitions")
    attribute_model = models.PositiveSmallIntegerField(choices=AttributeModel.choices)
    key = models.CharField(max_length=128)
    display_name = models.CharField(max_length=255)
    description = models.TextField(blank=True, default="")
    display_type = models.PositiveSmallIntegerField(choices=DisplayType.choices, default=DisplayType.TEXT)
    values = models.JSONField(default=list, blank=True, help_text="Choices of a list attribute.")
    regex_pattern = models.CharField(max_length=1024, blank=True, default="")
    regex_cue = models.CharField(max_length=255, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "attribute_model", "key"], name="attribute_key_once")
        ]

    def __str__(self) -> str:
        return self.key
