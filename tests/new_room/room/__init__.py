"""Greetings for new labels."""
