"""Writes what only repeats what the code says: pages of docs/ and catalogues of the desk.

`--check` fails when one is out of date. Run by the product's Python.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")

import django  # noqa: E402
import msgspec  # noqa: E402
from django.apps import apps  # noqa: E402
from django.utils import translation  # noqa: E402
from django.utils.module_loading import autodiscover_modules  # noqa: E402

django.setup()

import ventanilla  # noqa: E402
from ventanilla.config import environment  # noqa: E402
from ventanilla.conversations.commands import activity  # noqa: E402
from ventanilla.events.log import Fact  # noqa: E402

MADE = "<!-- Made by scripts/tooling/generate_docs.py from the code. Do not edit. -->"


def settings_page() -> str:
    """Every setting, its default and meaning."""
    rows = [
        f"| `{environment.PREFIX}{option.name}` | {f'`{option.default}`' if option.default else 'empty'} | {option.help} |"
        for option in environment.OPTIONS
    ]
    return "\n".join(
        [
            MADE,
            "# Settings",
            "",
            "All settings are environment variables. A value that cannot be read stops the start and names the variable.",
            "`ventanilla serve --data DIR` is the same as `VENTANILLA_DATA`.",
            "",
            "| Variable | Default | Meaning |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def facts() -> Iterator[tuple[str, type[Fact]]]:
    """Every event class with its room."""
    for room in sorted(module.name for module in pkgutil.iter_modules(ventanilla.__path__)):
        try:
            module = importlib.import_module(f"ventanilla.{room}.events")
        except ModuleNotFoundError:
            continue
        for value in vars(module).values():
            if _is_event(value, module.__name__):
                yield room, value


def _is_event(value: object, module: str) -> bool:
    return (
        isinstance(value, type)
        and issubclass(value, Fact)
        and value.__module__ == module
        and hasattr(value, "name")
    )


def events_page() -> str:
    """Every event of the log: who records it, what it carries and what it means."""
    rows = []
    for room, fact in sorted(facts(), key=lambda pair: (pair[0], pair[1].name)):
        fields = [field.name for field in msgspec.structs.fields(fact) if field.name != "account_id"]
        meaning = " ".join((fact.__doc__ or "").split("\n\n")[0].split()).replace("|", "\\|")
        carried = ", ".join(f"`{name}`" for name in fields) or "–"
        rows.append(f"| `{fact.name}` | {room} | {carried} | {meaning} |")
    return "\n".join(
        [
            MADE,
            "# Events",
            "",
            "What commands write into the log, beside `account_id`, the actor and the time. Ids and what changed, never",
            "whole rows.",
            "",
            "| Event | Room | Carries | Meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def activity_catalogue(language: str) -> str:
    """The desk's sentences about what happened, as the rooms' commands declare them."""
    for room in apps.get_app_configs():
        commands = Path(room.path) / "commands"
        for path in sorted(commands.glob("*.py")):  # a package loads late what it needs late
            importlib.import_module(f"{room.name}.commands.{path.stem}")
    autodiscover_modules("commands")
    with translation.override(language):
        said = {
            kind.replace(".", "_"): re.sub(r"%\((\w+)\)s", r"{\1}", sentence)
            for kind, sentence in sorted(activity.sentences().items())
        }
    return json.dumps({"activity": said}, ensure_ascii=False, indent=2) + "\n"


PAGES = {
    "docs/howto/settings.md": settings_page,
    "docs/events.md": events_page,
    **{
        f"desk/src/i18n/{language}/activity.json": partial(activity_catalogue, language)
        for language in ("en", "es")
    },
}


def main() -> int:
    """Write the pages, or with `--check` compare them."""
    stale = [name for name, page in PAGES.items() if _differs(ROOT / name, page())]
    if "--check" in sys.argv:
        for name in stale:
            print(f"{name} is out of date: run {Path(__file__).relative_to(ROOT)} with .venv/bin/python")
        return 1 if stale else 0
    for name in stale:
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_text(PAGES[name](), encoding="utf-8")
        print(name)
    return 0


def _differs(path: Path, content: str) -> bool:
    return not path.exists() or path.read_text(encoding="utf-8") != content


if __name__ == "__main__":
    sys.exit(main())
