"""Files that wait to go with a message: of one for later, of a text kept ready, of a macro."""

from __future__ import annotations

from django.apps import apps
from django.db import models

from ventanilla.conversations.models.message import Attachment, FileType


class KeptFile(models.Model):
    """The columns an Attachment will have. As long as a row of such a class names a file, its bytes stay."""

    file_type = models.CharField(max_length=16, choices=FileType.choices, default=FileType.FILE)
    file = models.FileField(upload_to="attachments/%Y/%m/%d", max_length=255)
    filename = models.CharField(max_length=255, blank=True, default="")
    mime_type = models.CharField(max_length=255, blank=True, default="")
    size = models.BigIntegerField(default=0, help_text="Bytes.")
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    content_id = models.CharField(max_length=998, blank=True, default="")

    class Meta:
        abstract = True


KEPT_COLUMNS = tuple("file_type file filename mime_type size width height content_id".split())


def carried(paths: list[str]) -> set[str]:
    """Those of these places in the storage whose file some row still names. Rooms above add their own classes."""
    classes: list[type[models.Model]] = [model for model in apps.get_models() if issubclass(model, KeptFile)]
    found: set[str] = set()
    every: list[type[models.Model]] = [Attachment, *classes]
    for model in every:
        found.update(model._default_manager.filter(file__in=paths).values_list("file", flat=True))
    return found
