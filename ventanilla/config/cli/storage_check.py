"""A look at where files are kept, once at a start: a wrong bucket or key says so before the first customer's photo."""

from __future__ import annotations

import sys
import threading

from django.core.files.storage import default_storage

from ventanilla.config.cli.texts import text
from ventanilla.kit import storage


def say_if_wrong() -> None:
    """Print one sentence when files cannot be kept. It is no reason to stop or to wait: everything else works."""
    if storage.is_remote():
        threading.Thread(target=_look, name="storage-check", daemon=True).start()


def _look() -> None:
    try:
        default_storage.listdir("doctor")
    except Exception as error:  # whatever the library makes of a wrong address, key, region or bucket
        reason = str(error).strip().splitlines()[0][:300] if str(error).strip() else type(error).__name__
        print(text("storage_wrong", reason=reason), file=sys.stderr, flush=True)
