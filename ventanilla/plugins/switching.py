"""Switching a plug-in on and off. Apart from `commands`, which channels load with and which knows no log."""

from __future__ import annotations

from django.db import transaction

from ventanilla.events.log import Actor, record
from ventanilla.kit.announced import packages
from ventanilla.plugins.errors import NoSuchPlugin
from ventanilla.plugins.events import PluginSwitched
from ventanilla.plugins.models import PluginState
from ventanilla.plugins.selectors import forget_states


@transaction.atomic
def switch_plugin(name: str, *, on: bool, account_id: int, actor: Actor) -> None:
    """From now on it gives what it announces, or nothing; one that failed is tried again. Other processes follow within
    seconds. Raises NoSuchPlugin. Records plugin.switched in the account that looks after the installation.
    """
    if name not in {package.name for package in packages()}:
        raise NoSuchPlugin
    PluginState.objects.update_or_create(
        name=name, defaults={"is_off": not on, "failed_version": "", "failure": ""}
    )
    record(PluginSwitched(account_id=account_id, plugin=name, on=on), actor=actor)
    forget_states()
