"""A new column of conversations or messages is a line in its model and a migration: all that reads or writes has it."""

from __future__ import annotations

import subprocess
import sys

# In a process of its own: the columns come when only the models are imported.
_WITH_NEW_COLUMNS = """
import sys
import django
from django.db import models

django.setup()
from ventanilla.conversations.models import Attachment, Conversation, Message

Conversation.add_to_class("moved_at", models.DateTimeField(null=True))
Message.add_to_class("tones", models.JSONField(default=list))
Attachment.add_to_class("hue", models.CharField(max_length=9, default="grey"))
assert not [name for name in sys.modules if name.startswith("ventanilla.conversations.commands")]

from ventanilla.conversations.commands import held, rows
from ventanilla.conversations.rendering import conversations, messages

assert "c.moved_at" in held._SELECT and "moved_at" in held._TIMES and "moved_at" in held._SHOWN
assert "c.moved_at" in conversations._SELECT
assert "m.tones" in messages._SELECT and "a.hue" in messages._SELECT
assert "tones" in rows._INSERT
assert rows._MODELS["tones"]() == []
print("everywhere")
"""


def test_a_new_column_is_a_line_in_its_model() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", _WITH_NEW_COLUMNS], capture_output=True, text=True, check=False, timeout=60
    )

    assert ran.stdout == "everywhere\n", ran.stderr
