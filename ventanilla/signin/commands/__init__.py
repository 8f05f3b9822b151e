"""Verbs of signing in, by facet."""
