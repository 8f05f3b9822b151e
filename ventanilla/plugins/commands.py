"""Noting that a plug-in could not be loaded."""

from __future__ import annotations

from django.db import transaction

from ventanilla.plugins.models import PluginState
from ventanilla.plugins.selectors import forget_states


@transaction.atomic
def note_plugin_failure(name: str, *, version: str, reason: str) -> None:
    """It stays out until another version is installed, or someone switches it on again."""
    PluginState.objects.update_or_create(
        name=name, defaults={"failed_version": version[:100], "failure": reason[:2000]}
    )
    forget_states()
