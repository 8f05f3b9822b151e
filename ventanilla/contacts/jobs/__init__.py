"""When: pictures that are fetched, and files of contacts that come in."""
