"""Who works here: account, user, membership and role, team, sign-in session, access token, invitation, presence.

Not here: what they work on. An agent's inboxes are in `inboxes`, their conversations in `conversations`.
"""
