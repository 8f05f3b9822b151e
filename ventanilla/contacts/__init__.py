"""Contacts: the customers, and how each is known in each inbox. Notes on a contact live here too."""
