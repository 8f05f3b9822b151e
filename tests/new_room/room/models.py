"""Greeting."""

from __future__ import annotations

from django.db import models

from ventanilla.accounts.models import Account


class Greeting(models.Model):
    """What a new label was greeted with."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="greetings")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text
