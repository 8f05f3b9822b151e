"""Loads Django for the commands that need it."""

from __future__ import annotations

import os

import django
from django.conf import settings

from ventanilla.config import environment, logs
from ventanilla.config.cli import startup
from ventanilla.config.cli.output import Stop
from ventanilla.kit.errors import Refusal


def ready(process: str, *, makes_data: bool = False) -> None:
    """Load the settings and every room's models, and set up the logs of `process`.

    With `makes_data` the data folder and the secret key are made where they are missing; without it nothing is.
    Stops when there is no installation, the data folder cannot be written in, or a setting cannot be read.
    """
    environment.may_make_key = makes_data
    if makes_data:
        startup.data_folder()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")
    try:
        django.setup()
    except environment.BadSetting as error:
        raise startup.bad_setting(error) from error
    logs.configure(level=settings.LOG_LEVEL, style=settings.LOG_FORMAT, process=process)


def refused(refusal: Refusal) -> Stop:
    """The refusal as a reason to stop; its sentences follow each other as sentences."""
    said = [sentence for sentences in refusal.fields.values() for sentence in sentences]
    return Stop("refused", reason=" ".join(said) or refusal.message)
