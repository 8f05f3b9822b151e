"""How a file of contacts is read, understood and compared with what is known. Writes nothing; commands/imports.py does."""
