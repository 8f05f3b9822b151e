"""Finding by words: the index of what was written and of who is known, and the questions to it.

An index is a copy that the log feeds and that one command builds anew; what it answers is held against the living rows, so
that no one finds what they may not see or what is gone. Which words a text has is said once (`analysis`), for both engines:
FTS5 of SQLite and full text of PostgreSQL (`engines/`). A new kind of thing to find is one file in `documents/`.
"""
