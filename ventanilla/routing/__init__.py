"""Who gets the conversation: automatic assignment by presence, capacity and turn. It meets other rooms only in the log."""
