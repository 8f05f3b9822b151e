"""Backups: made (making), written and read as streams (pipes, sealing), kept somewhere (places), proved by restoring them
elsewhere (proving), let go by a rule (keeping), begun by the clock (clock). `run` puts it together.
"""
