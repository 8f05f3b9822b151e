"""What commands do before their own work: choose the data folder, see that it can be written in, read the settings."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from ventanilla.config import environment
from ventanilla.config.cli.output import Stop


def use_data_folder(given: str | None) -> None:
    """Make `given` (from --data) the data folder of this process and of those it starts."""
    if given:
        os.environ["VENTANILLA_DATA"] = given
    os.environ["VENTANILLA_DATA"] = str(
        Path(os.environ.get("VENTANILLA_DATA") or "data").expanduser().absolute()
    )


def data_folder() -> Path:
    """The data folder, made when it is missing. Stops when this user cannot write in it."""
    folder = Path(os.environ["VENTANILLA_DATA"])
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it will hold people's conversations and a key
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Stop("no_write", path=folder, reason=error.strerror or error) from error
    for file in folder.glob("ventanilla.sqlite3*"):
        if not os.access(file, os.R_OK | os.W_OK):
            raise Stop("no_write", path=file, reason=os.strerror(13))
    return folder


def check_settings() -> dict[str, Any]:
    """The settings of the environment. Stops, naming the variable, when one cannot be read."""
    try:
        return environment.read()
    except environment.BadSetting as error:
        raise Stop("bad_setting", variable=error.variable, reason=error.reason) from error
