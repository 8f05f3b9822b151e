"""The roof: settings, URLs, processes and the command line. Everything is wired here and nothing is decided here."""
