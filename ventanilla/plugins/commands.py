"""Switching a plug-in on and off, and noting that one could not be loaded."""

from __future__ import annotations

from django.db import transaction

from ventanilla.kit.announced import packages
from ventanilla.plugins.errors import NoSuchPlugin
from ventanilla.plugins.models import PluginState
from ventanilla.plugins.selectors import forget_states


@transaction.atomic
def switch_plugin(name: str, *, on: bool) -> None:
    """From now on it gives what it announces, or nothing; one that failed is tried again. Other processes follow within
    seconds. Raises NoSuchPlugin.
    """
    if name not in {package.name for package in packages()}:
        raise NoSuchPlugin
    PluginState.objects.update_or_create(
        name=name, defaults={"is_off": not on, "failed_version": "", "failure": ""}
    )
    forget_states()


@transaction.atomic
def note_plugin_failure(name: str, *, version: str, reason: str) -> None:
    """It stays out until another version is installed, or someone switches it on again."""
    PluginState.objects.update_or_create(
        name=name, defaults={"failed_version": version[:100], "failure": reason[:2000]}
    )
    forget_states()
