"""What happens to plug-ins, told to the account that looks after the installation."""

from __future__ import annotations

from typing import ClassVar

from ventanilla.events.facts import About, Fact


class PluginSwitched(Fact, frozen=True, kw_only=True):
    """A package takes part from now on, or no longer."""

    name: ClassVar[str] = "plugin.switched"
    administrative = About("plugins.PluginState")
    plugin: str
    on: bool
