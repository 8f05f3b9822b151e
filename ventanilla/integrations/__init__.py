"""What companies plug into the desk: pages of their own beside a conversation. Not here: channels, which bring messages."""
