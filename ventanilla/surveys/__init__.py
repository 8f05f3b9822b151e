"""Satisfaction: what customers answer when they are asked how they were served (CSAT).

Asking is a line in the thread, so it is the conversations room's; here live the answers, and the questions about them.
"""
