"""Custom attributes: the definitions an administrator makes. Values live on the conversation or contact as JSON."""
