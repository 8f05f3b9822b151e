"""Tables of tickets and messages, written in the background and kept for a while."""
