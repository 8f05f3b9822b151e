"""Verbs of contacts, by facet."""
