"""Tools without a domain: clock, refusals, cleaning, safe outgoing calls, files, sealing, limits.

Nothing here knows an account or a conversation, and nothing here has a table.
"""
