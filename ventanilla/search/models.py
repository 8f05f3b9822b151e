"""What the index knows of itself. The index proper is a table that only its engine knows (see `engines/`)."""

from __future__ import annotations

from django.db import models

CONSUMER = "search.index"  # who enters what the log tells


class Build(models.Model):
    """How far an index was built from what was there before the log told of it: backwards, newest first."""

    is_of_one_database = True  # moved elsewhere, the rows would say that an index is there which is not

    document = models.CharField(max_length=32, primary_key=True)
    edition = models.CharField(
        max_length=40,
        help_text="Of the words and of the database it was built for; another one builds it anew.",
    )
    rest_up_to = models.BigIntegerField(
        help_text="Rows with this id and lower ones are still missing; 0: none."
    )

    class Meta:
        db_table = "search_build"


class Word(models.Model):
    """A word that someone wrote, so that one which is misspelt by a letter leads to it. Belongs to no account."""

    is_of_one_database = True

    word = models.CharField(max_length=32, primary_key=True)
    mirrored = models.CharField(
        max_length=32,
        db_index=True,
        help_text="Backwards: two words that differ in one letter have the same beginning or the same end.",
    )

    class Meta:
        db_table = "search_word"
