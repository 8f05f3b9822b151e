"""How long a customer may wait: levels per account, inbox and team, policies above them, and the clocks that run by them.
The facts of a conversation come from the log; what a row shows of its clock is kept by conversations.
"""
