"""What commands do before their own work: choose the data folder, see that it can be written in, read the settings."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from ventanilla.config import environment
from ventanilla.config.cli.output import Stop
from ventanilla.config.cli.texts import text

# `-P`: the program that runs is the one installed, never a folder of that name where it happens to be started.
PROGRAM = (sys.executable, "-P", "-m", "ventanilla")
DATABASE = "ventanilla.sqlite3"
_ROOM_BYTES = 256 * 1024
SECRET_KEY = "secret_key"  # noqa: S105 - a file's name


def use_data_folder(given: str | None) -> None:
    """Make `given` (from --data) the data folder of this process and of those it starts.

    Without it: VENTANILLA_DATA, else the usual folder, else the one that `serve --data` of this program used last.
    """
    chosen = given or os.environ.get("VENTANILLA_DATA") or _usual()
    os.environ["VENTANILLA_DATA"] = str(Path(chosen).expanduser().absolute())


def _usual() -> Path:
    usual = environment.default_data_folder()
    if _holds_data(usual):
        return usual
    try:
        remembered = Path(_memory().read_text(encoding="utf-8").strip())
    except OSError:
        return usual
    return remembered if _holds_data(remembered) else usual


def remember_data_folder(given: str | None) -> None:
    """Keep which folder `serve --data` was told, for the commands that are typed beside it."""
    if not given:
        return
    try:
        _memory().parent.mkdir(parents=True, exist_ok=True)
        _memory().write_text(os.environ["VENTANILLA_DATA"], encoding="utf-8")
    except OSError:  # a service without a home of its own: its operator names the folder
        return


def _memory() -> Path:
    """A small file of this user's, one for each installed program."""
    home = os.environ.get("XDG_STATE_HOME") or "~/.local/state"
    program = hashlib.sha256(sys.prefix.encode()).hexdigest()[:16]
    return Path(home).expanduser() / "ventanilla" / f"data-folder-{program}"


def _holds_data(folder: Path) -> bool:
    try:
        return any((folder / name).exists() for name in (DATABASE, SECRET_KEY))
    except OSError:
        return False


def data_folder() -> Path:
    """The data folder, made when it is missing. Stops when this user cannot write in it."""
    folder = Path(os.environ["VENTANILLA_DATA"])
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it will hold people's conversations and a key
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Stop("no_write", path=folder, reason=error.strerror or error) from error
    for file in folder.glob(f"{DATABASE}*"):
        if not os.access(file, os.R_OK | os.W_OK):
            raise Stop("no_write", path=file, reason=os.strerror(13))
    for path in open_to_others(folder):  # made by an earlier version, or copied here
        with contextlib.suppress(OSError):
            path.chmod(path.stat().st_mode & 0o7700)
    return folder


def open_to_others(folder: Path) -> list[Path]:
    """Our files and folders in the data folder that someone besides their owner may read or write.

    The folder itself is its operator's; it may hold other things, and what is ours in it is closed by itself.
    """
    ours = [
        *folder.glob("*.sqlite3*"),
        *(folder / name for name in (SECRET_KEY, "files")),
    ]
    return [path for path in ours if path.exists() and path.stat().st_mode & 0o077]


def refuse_full_disk(folder: Path) -> None:
    """Stop where there is no room to begin with: SQLite says it less clearly, and an empty file fits on a full disk."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(_ROOM_BYTES))
            file.flush()
    except OSError as error:
        raise Stop("no_write", path=folder, reason=error.strerror or error) from error


def existing_data_folder() -> Path:
    """The data folder of an installation that is there; nothing is made. Stops where there is none."""
    folder = Path(os.environ["VENTANILLA_DATA"])
    given = check_settings()
    if not given["DATABASE_URL"] and not (folder / DATABASE).exists():
        raise Stop("nothing_here", path=folder)
    if not given["SECRET_KEY"] and not (folder / SECRET_KEY).exists():
        raise Stop("no_key", path=folder)
    return data_folder()


def check_settings() -> dict[str, Any]:
    """The settings of the environment. Stops, naming the variable, when one cannot be read."""
    try:
        return environment.read()
    except environment.BadSetting as error:
        raise bad_setting(error) from error


def bad_setting(error: environment.BadSetting) -> Stop:
    """The reason to stop, in the operator's language."""
    return Stop("bad_setting", variable=error.variable, reason=text(error.key, **error.values))
