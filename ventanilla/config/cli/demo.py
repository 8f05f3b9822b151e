"""`ventanilla demo`: the example company in an empty installation."""

from __future__ import annotations

import argparse

from ventanilla.config.cli.migrate import migrate
from ventanilla.config.cli.output import answer
from ventanilla.config.cli.texts import text
from ventanilla.config.demo.fill import fill, is_empty
from ventanilla.config.demo.found import Demo, find_demo


def run(arguments: argparse.Namespace) -> int:
    """Fill if no one has set the installation up; say how to sign in. A second time it changes nothing."""
    migrate()
    demo = fill() if is_empty() else find_demo()
    if demo is None:
        answer(arguments.json, text("demo_not_empty"), filled=False)
        return 0
    answer(arguments.json, _sentence(demo, arguments.url), **_fields(demo, arguments.url))
    return 0


def _sentence(demo: Demo, url: str) -> str:
    others = ", ".join(demo.others)
    return text(
        "demo_ready",
        account=demo.account.name,
        email=demo.email,
        others=others,
        password=demo.password,
        url=url,
    )


def _fields(demo: Demo, url: str) -> dict[str, object]:
    return {
        "filled": True,
        "account_id": demo.account.pk,
        "email": demo.email,
        "password": demo.password,
        "others": list(demo.others),
        "desk": f"{url}/app/",
        "shop": f"{url}/demo/shop",
    }
