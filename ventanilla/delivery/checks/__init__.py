"""The checks of this room, one in each file (kit.health)."""
