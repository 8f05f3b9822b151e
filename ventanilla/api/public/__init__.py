"""The client API of API inboxes (contract C.1): /public/api/v1, called from customers' own apps and servers.

Whoever holds a contact's source_id acts as that contact; identities can be signed with the inbox's key.
"""
