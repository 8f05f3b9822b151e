"""Write the OpenAPI document to a file, for the desk's client and the drift check."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, path: Path, **options: Any) -> None:
        api = import_module(
            settings.ROOT_URLCONF
        ).api  # the roof wires it; a door may not look up there by name
        path.write_text(json.dumps(api.get_openapi_schema(), indent=1, sort_keys=True, default=str) + "\n")
