"""What was decided about a plug-in, or happened to it. One without a row is on."""

from __future__ import annotations

from django.db import models


class PluginState(models.Model):
    """One package."""

    name = models.CharField(max_length=200, unique=True)
    is_off = models.BooleanField(default=False, help_text="Somebody switched it off.")
    failed_version = models.CharField(
        max_length=100,
        blank=True,
        default="",
        help_text="The version that could not be loaded; another is tried again.",
    )
    failure = models.TextField(blank=True, default="", help_text="Why not.")
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
