"""Reads the command line and hands over to the chosen command."""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from ventanilla.config.cli import startup
from ventanilla.config.cli.arguments import Misused, parser
from ventanilla.config.cli.output import Stop, complain, complain_of_line
from ventanilla.config.cli.texts import text

# Each command is the module of its name, with `run(arguments) -> exit code`. It is imported when it is chosen, and
# then only after Django is ready: the supervisor stays small, and the others may import models at their top.
WITHOUT_DJANGO = frozenset({"serve", "backupkey"})
# What may be the first command of an installation. Every other one stops where nothing is installed, and makes nothing.
FIRST = frozenset({"migrate", "createuser", "createplatformapp", "demo"})
# Looks at its archive before there is a folder to put it in.
BRINGS_DATA = frozenset({"restore"})
# Mail servers pipe into it: 1 would send the mail back to its writer, 75 (EX_TEMPFAIL of sysexits.h) has them try later.
CALLED_BY_MAIL = frozenset({"mail"})
TRY_AGAIN = 75
_PASSING = frozenset({"no_database", "not_migrated", "newer_database", "no_write"})


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; the process's exit code."""
    reader = parser()
    given = sys.argv[1:] if words is None else words
    try:
        arguments = reader.parse_args(given)
    except Misused as wrong:
        complain_of_line("--json" in given, wrong)
        return 2
    if arguments.command is None:
        reader.print_help()
        return 0
    os.umask(0o077)  # all that is made from here on holds people's words or keys: for the owner alone
    try:
        startup.use_data_folder(arguments.data)
        gc.disable()  # nothing is thrown away while we load, and looking for it takes a tenth of a start
        if arguments.command not in WITHOUT_DJANGO:
            _load_django(arguments)
        return int(_loaded(arguments.command).run(arguments))
    except Stop as stop:
        complain(arguments.json, stop)
        return TRY_AGAIN if stop.code in _PASSING and arguments.command in CALLED_BY_MAIL else 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        explained = _explained(error)
        if explained is None:
            raise
        complain(arguments.json, explained)
        return TRY_AGAIN if arguments.command in CALLED_BY_MAIL else 1


def _loaded(command: str) -> ModuleType:
    """The command's module. What was loaded up to here stays, and is never looked through for garbage."""
    module = importlib.import_module(f"ventanilla.config.cli.{command}")
    gc.freeze()
    gc.enable()
    return module


def _load_django(arguments: argparse.Namespace) -> None:
    first = arguments.command in FIRST
    if not first and arguments.command not in BRINGS_DATA:
        startup.existing_data_folder()
    importlib.import_module("ventanilla.config.cli.with_django").ready(arguments.command, makes_data=first)
    importlib.import_module("ventanilla.config.cli.doors").check(arguments.command)


def _explained(error: Exception) -> Stop | None:
    """The sentence for a fault of what we stand on (a full disk, a database that is away); None for a bug."""
    from ventanilla.kit.faults import fault_of  # with Django, which the supervisor does without

    fault = fault_of(error)
    return (
        Stop("fault", what=text(f"fault_{fault}"), reason=str(error).strip() or type(error).__name__)
        if fault
        else None
    )
