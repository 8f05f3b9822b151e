"""Packages from outside that bring channels, actions and more: which are installed, on, off, or failed (Z-32)."""
