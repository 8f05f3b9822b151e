"""`ventanilla address`: where people reach this installation; every link that lasts is made of it."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.db import DatabaseError
from django.utils import translation

from ventanilla.accounts.commands.installation import set_address
from ventanilla.accounts.installation import known
from ventanilla.config.cli.migrate import migrate
from ventanilla.config.cli.output import Stop, answer
from ventanilla.config.cli.texts import language, text
from ventanilla.config.cli.with_django import refused
from ventanilla.kit import links
from ventanilla.kit.errors import Refusal


def run(arguments: argparse.Namespace) -> int:
    """Keep the address that is given, or say the one that counts."""
    if arguments.url is not None:
        migrate()
        if settings.BASE_URL:
            raise Stop("address_by_setting", address=settings.BASE_URL)
        with translation.override(language()):
            try:
                set_address(arguments.url, by=None)
            except Refusal as refusal:
                raise refused(refusal) from refusal
    try:
        address = links.base_url()
    except DatabaseError as error:
        raise Stop("no_database", reason=str(error).strip()) from error
    proposed = "" if address else known().proposed_base_url
    sentence = (
        text("address_is", address=address)
        if address
        else text("address_proposed", address=proposed)
        if proposed
        else text("address_missing")
    )
    answer(arguments.json, sentence, address=address or None, proposed=proposed or None)
    return 0
