"""The verbs of macros: kept, changed, run and taken back."""
