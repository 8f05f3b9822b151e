"""Ventanilla: one window where a team answers every customer. The rooms are described in ARCHITECTURE.md."""

__version__ = "0.1.0"
