"""Translators between a provider's shapes and ours: one folder a channel. They write no rows and import no upper room."""
