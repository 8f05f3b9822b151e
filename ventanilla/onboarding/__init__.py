"""The first hour of an account: which steps remain until customers can be served, and a sample conversation to practise in.

Not here: what the steps do. A channel is connected, a colleague invited and hours set where these always are; this room
only looks whether they are.
"""
