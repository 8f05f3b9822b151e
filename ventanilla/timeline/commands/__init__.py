"""What changes the timeline, other than the log."""

from ventanilla.timeline.commands.building import build, enter

__all__ = ["build", "enter"]
