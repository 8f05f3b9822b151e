"""Who administered what, from where, before and after: entries that no one changes, made from the facts of the log."""
