"""Labels: words of the account that are put on conversations and contacts. What carries them is upstairs."""
