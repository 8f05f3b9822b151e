"""What is done to conversations by name: actions, one file each, and the ways to let several of them happen.

Bulk changes use them, and so will macros, rules and bots. It stands half a floor higher than the rooms that act on
conversations, because its actions are their commands. Not here: who may see a conversation, which a door has asked.
"""
