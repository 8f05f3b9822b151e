"""Inboxes: where customers' messages come in, who may open each, its hours, and what every channel promises.

Not here: the translators themselves (`channels/`), nor trays and attempts (`delivery`).
"""
