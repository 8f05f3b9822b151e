"""JSON doors.

application/: the desk, mobile apps and customers' code; public/ and widget/: customers; platform/: operators;
desk/: what only our own desk calls.
"""
