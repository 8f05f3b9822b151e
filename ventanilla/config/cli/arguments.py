"""Every command's options and help."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from typing import NoReturn

from ventanilla import __version__
from ventanilla.config.cli.texts import text

# What argparse says of a wrong line, which it knows in English only, and our sentence for it.
_COMPLAINTS = {
    "usage_choice": re.compile(r"argument (?P<name>.+?): invalid choice: (?P<value>.+?) \(choose from (?P<choices>.+)\)"),
    "usage_number": re.compile(r"argument (?P<name>.+?): invalid (?:int|_count) value: (?P<value>.+)"),
    "usage_value": re.compile(r"argument (?P<name>.+?): expected one argument"),
    "usage_both": re.compile(r"argument (?P<name>.+?): not allowed with argument (?P<value>.+)"),
    "usage_one_of": re.compile(r"one of the arguments (?P<name>.+) is required"),
    "usage_required": re.compile(r"the following arguments are required: (?P<name>.+)"),
    "usage_unknown": re.compile(r"unrecognized arguments: (?P<name>.+)"),
}  # fmt: skip


class Misused(Exception):
    """The line cannot be read. `usage` is how the command is written, `program` its name."""

    def __init__(self, message: str, *, program: str, usage: str) -> None:
        super().__init__(message)
        self.program = program
        self.usage = usage


class _Parser(argparse.ArgumentParser):
    """argparse with its own few words taken from our catalogue. Raises Misused instead of leaving."""

    def error(self, message: str) -> NoReturn:
        for key, pattern in _COMPLAINTS.items():
            if found := pattern.fullmatch(message):
                message = text(key, **found.groupdict())
                break
        raise Misused(message, program=self.prog, usage=self.format_usage())


def _count(written: str) -> int:
    """A whole number from 1."""
    if (count := int(written)) < 1:
        raise ValueError(written)
    return count


class _Help(argparse.RawDescriptionHelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, text("usage") if prefix is None else prefix)


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = _Parser(
        prog="ventanilla",
        description=text("about"),
        epilog=text("epilog"),
        formatter_class=_Help,
        add_help=False,
    )
    options = whole.add_argument_group(text("options"))
    options.add_argument("-h", "--help", action="help", help=text("help_help"))
    options.add_argument("--version", action="version", version=__version__, help=text("help_version"))
    commands = whole.add_subparsers(
        dest="command", title=text("commands"), metavar=text("command"), parser_class=_Parser
    )
    for name, add_options in COMMANDS.items():
        about = text(f"about_{name}")
        command = commands.add_parser(
            name, help=about, description=about, formatter_class=_Help, add_help=False
        )
        group = command.add_argument_group(text("options"))
        add_options(group)
        group.add_argument("--data", metavar="DIR", help=text("help_data"))
        group.add_argument("--json", action="store_true", help=text("help_json"))
        group.add_argument("-h", "--help", action="help", help=text("help_help"))
    return whole


def _address(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--host", default="127.0.0.1", help=text("help_host"))
    group.add_argument("--port", type=int, default=8000, help=text("help_port"))


def _serve(group: argparse._ArgumentGroup) -> None:
    _address(group)
    group.add_argument("--processes", type=_count, default=1, metavar="N", help=text("help_processes"))
    group.add_argument("--demo", action="store_true", help=text("help_demo"))


def _lifeline(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--lifeline", type=int, help=argparse.SUPPRESS
    )  # a pipe that closes when the supervisor dies
    group.add_argument("--pulse", type=int, help=argparse.SUPPRESS)  # a pipe on which to say "I work"


def _web(group: argparse._ArgumentGroup) -> None:
    _address(group)
    group.add_argument("--fd", type=int, help=text("help_fd"))
    _lifeline(group)


def _nothing(group: argparse._ArgumentGroup) -> None:
    del group


def _createuser(group: argparse._ArgumentGroup) -> None:
    account = group.add_mutually_exclusive_group(required=True)
    account.add_argument("--account", metavar="NAME", help=text("help_account"))
    account.add_argument("--account-id", type=int, metavar="N", help=text("help_account_id"))
    group.add_argument("--name", required=True, help=text("help_name"))
    group.add_argument("--email", required=True, help=text("help_email"))
    group.add_argument("--password", help=text("help_password"))
    group.add_argument("--existing", action="store_true", help=text("help_existing"))
    group.add_argument(
        "--role", choices=["administrator", "agent", "analyst"], default="agent", help=text("help_role")
    )


def _where(group: argparse._ArgumentGroup) -> None:
    group.add_argument("url", metavar="URL", nargs="?", help=text("help_address_url"))


def _person(group: argparse._ArgumentGroup) -> None:
    group.add_argument("email", metavar=text("email"), help=text("help_email"))
    group.add_argument("--password", help=text("help_password"))


def _someone(group: argparse._ArgumentGroup) -> None:
    group.add_argument("email", metavar=text("email"), help=text("help_email"))


def _createplatformapp(group: argparse._ArgumentGroup) -> None:
    group.add_argument("name", metavar=text("name"), help=text("help_platform_name"))
    group.add_argument(
        "--account-id", type=int, action="append", default=[], metavar="N", help=text("help_platform_account")
    )


def _demo(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--url", default="http://localhost:8000", help=text("help_url"))


def _backup(group: argparse._ArgumentGroup) -> None:
    group.add_argument("file", metavar=text("file"), nargs="?", help=text("help_backup_file"))
    group.add_argument("--list", action="store_true", help=text("help_backup_list"))
    group.add_argument("--no-proof", action="store_true", help=text("help_backup_no_proof"))
    group.add_argument("--scheduled", action="store_true", help=argparse.SUPPRESS)  # begun by the clock
    _lifeline(group)


def _restore(group: argparse._ArgumentGroup) -> None:
    group.add_argument("file", metavar=text("file"), help=text("help_restore_file"))
    group.add_argument("--yes", "--force", action="store_true", help=text("help_yes"))


def _move(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--to", required=True, metavar="postgres://…|sqlite", help=text("help_move_to"))


def _mail(group: argparse._ArgumentGroup) -> None:
    group.add_argument("action", choices=["ingest", "quarantine", "rerun"], help=text("help_mail_action"))
    group.add_argument("--rcpt", action="append", default=[], metavar=text("address"), help=text("help_rcpt"))
    group.add_argument("--id", type=int, action="append", default=[], metavar="N", help=text("help_mail_id"))


def _search(group: argparse._ArgumentGroup) -> None:
    which = group.add_mutually_exclusive_group()
    which.add_argument("--rebuild", action="store_true", help=text("help_rebuild"))
    which.add_argument("--go-on", action="store_true", help=text("help_go_on"))


def _upgrade(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--check", action="store_true", help=text("help_upgrade_check"))


COMMANDS: dict[str, Callable[[argparse._ArgumentGroup], None]] = {
    "serve": _serve,
    "web": _web,
    "worker": _lifeline,
    "migrate": _nothing,
    "upgrade": _upgrade,
    "address": _where,
    "createuser": _createuser,
    "password": _person,
    "unlock": _someone,
    "createplatformapp": _createplatformapp,
    "demo": _demo,
    "backup": _backup,
    "backupkey": _nothing,
    "restore": _restore,
    "move": _move,
    "doctor": _nothing,
    "mail": _mail,
    "search": _search,
}
