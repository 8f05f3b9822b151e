"""Conversations: the talk with a customer. Message, attachment, participant, mention, private note, draft, canned response.

Not here: how messages leave and come in (`delivery`, `channels`), who gets the conversation (`routing`).
"""
