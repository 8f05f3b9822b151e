"""Verbs of inboxes, by facet."""
