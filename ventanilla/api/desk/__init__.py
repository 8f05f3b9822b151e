"""Doors for our own desk only, outside the contract."""
