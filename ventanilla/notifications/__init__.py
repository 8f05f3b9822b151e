"""Telling agents: the bell in the desk, mail and push, one row per user and conversation. `kinds` says when and whom."""
