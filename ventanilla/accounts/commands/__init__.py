"""Verbs of accounts, by facet."""
