"""All that happened with a contact, in one row each, so that a page of it is one look at an index. Written from the log."""
