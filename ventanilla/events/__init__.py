"""The log: every fact the rooms above record, in order, and who has read how far.

Lives here: `record`, `read_after`, consumers with their cursors, the wake-up between processes, timed jobs.
Does not live here: any event's meaning. This room knows no event by name and keeps a plain `account_id`, no
key upwards.
"""
