"""The post room. In-tray: what providers sent, kept raw before it is answered and read once. Out-tray: what must leave,
with each attempt, retries and receipts. The shapes of a provider are in `channels/`."""
