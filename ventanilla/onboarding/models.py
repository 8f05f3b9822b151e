"""How far the first hour of an account is."""

from __future__ import annotations

from django.db import models

from ventanilla.accounts.models import Account
from ventanilla.conversations.models import Conversation


class FirstSteps(models.Model):
    """What is kept of an account's first hour. An account without a row is in it."""

    account = models.OneToOneField(
        Account, on_delete=models.CASCADE, primary_key=True, related_name="first_steps"
    )
    ended_at = models.DateTimeField(
        null=True, blank=True, help_text="When the page went: all was done, or someone took it away."
    )
    sample = models.ForeignKey(
        Conversation,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text="The conversation to practise in.",
    )
