"""A channel is a whole folder: taken out with its line in CHANNELS, the rest of the house stands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ventanilla.config.channels import CHANNELS

ROOT = Path(__file__).resolve().parents[1]
LOOK = """
import django
django.setup()
from django.core.management import call_command
from django.urls import get_resolver
from ventanilla.config.consumers import make_consumers
from ventanilla.config.environment import OPTIONS
from ventanilla.inboxes.channel import registry
call_command("check")
assert get_resolver().url_patterns and make_consumers()
from ventanilla.config import asgi, worker
print("channels:", *registry())
"""


def boots_without(path: str, tree: Path) -> subprocess.CompletedProcess[str]:
    """Start what the processes start, in a copy of the house without that channel."""
    ignored = shutil.ignore_patterns("__pycache__", "static_built", "tests", "*.mo")
    shutil.copytree(ROOT / "ventanilla", tree / "ventanilla", ignore=ignored)
    shutil.rmtree(tree / path.replace(".", "/"))
    line = tree / "ventanilla" / "config" / "channels.py"
    text, count = re.subn(rf'    "{re.escape(path)}",\n', "", line.read_text())
    assert count == 1
    line.write_text(text)
    environment = {
        **{
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("VENTANILLA_", "DJANGO_"))
        },
        "PYTHONPATH": str(tree),
        "VENTANILLA_DATA": str(tree / "data"),
        "DJANGO_SETTINGS_MODULE": "ventanilla.config.settings",
    }
    return subprocess.run(
        [sys.executable, "-c", LOOK], cwd=tree, env=environment, capture_output=True, text=True, timeout=50
    )


@pytest.mark.feature("Z-32")
@pytest.mark.parametrize("path", CHANNELS)
def test_a_channel_is_deleted_by_deleting_its_folder_and_its_line(path: str, tmp_path: Path) -> None:
    done = boots_without(path, tmp_path)
    assert done.returncode == 0, done.stderr[-3000:]
    left = [other.rpartition(".")[2] for other in CHANNELS if other != path]
    assert done.stdout.splitlines()[-1] == f"channels: {' '.join(left)}"


# The words of a kind as a program compares them. Sentences, addresses and the wire's `Channel::…` of clients are not.
_KINDS = "|".join(path.rpartition(".")[2] for path in CHANNELS)
_TEST_OF_KIND = re.compile(
    rf"""kind\s*(?:==|!=|=|in)\s*[("'\[{{]+(?:{_KINDS})['"]|channel\s*=\s*["'](?:{_KINDS})["']|["']Channel::\w+["']"""
)


def test_no_room_and_no_door_asks_for_a_channel_by_its_name() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()}"
        for file in (ROOT / "ventanilla").rglob("*.py")
        if not {"channels", "tests", "testing", "migrations", "demo"} & set(file.relative_to(ROOT).parts)
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if _TEST_OF_KIND.search(line)
    ]
    assert found == []
