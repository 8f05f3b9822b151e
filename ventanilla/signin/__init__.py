"""Proving who one is, beyond a password: second factors, recovery codes, passkeys, single sign-on, the list of sessions.

Users, their passwords and the links that work once live in `accounts`. What a member may do is decided there too; this
room only says whether it is them.
"""
