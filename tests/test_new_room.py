"""A room is added by its folder, its address, its line in the list of rooms and its floor; nothing else has to know."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from ventanilla.testing.copied_tree import Tree

NEW = Path(__file__).parent / "new_room"

# Lives in the copy as a program of its own: the room's tables, consumers and addresses are the process's from its start.
STORY = """
import json
import django
django.setup()
from django.core.management import call_command
from ventanilla.accounts.commands.accounts import create_account
from ventanilla.config import consumers, rooms
from ventanilla.config.urls import api
from ventanilla.events.consumer import drain_log
from ventanilla.labels.commands import create_label
from ventanilla.testing.cast import ApiClient, in_account, make_user

call_command("migrate", "greetings", verbosity=0)
acme = create_account("Acme", locale="en", by=None)
ana = make_user(acme, "ana@acme.example", name="Ana")
create_label(acme, title="urgent", by=ana)
drain_log(consumers.make_consumers())
answer = ApiClient(ana).get(in_account(acme, "greetings"))
print(json.dumps({
    "heard": [answer.status_code, answer.json()],
    "stranger": ApiClient().get(in_account(acme, "greetings")).status_code,
    "documented": [path for path in api.get_openapi_schema()["paths"] if path.endswith("/greetings")],
    "jobs": [job.name for job in consumers.make_jobs() if job.name.startswith("greetings")],
    "samples": [room.sample for path, room in rooms.manifests().items() if "greetings" in path],
}))
"""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    made = Tree(tmp_path)
    shutil.copytree(NEW / "room", made.root / "ventanilla" / "greetings")
    shutil.copy(NEW / "api" / "greetings.py", made.root / "ventanilla" / "api" / "application")
    made.edit(
        "ventanilla/config/rooms.py",
        '    "ventanilla.routing",\n',
        '    "ventanilla.greetings",\n    "ventanilla.routing",\n',
    )
    return made


def test_a_room_that_is_listed_lives(tree: Tree) -> None:
    """It boots with its table, its address answers and is documented, its consumer hears, its job waits for the clock."""
    told = json.loads(tree.python("-c", STORY))
    [greeting] = told["heard"][1]
    assert told["heard"][0] == 200
    assert greeting["text"] == "Hello, urgent!"
    assert told["stranger"] == 401
    assert told["documented"] == ["/api/v1/accounts/{account_id}/greetings"]
    assert told["jobs"] == ["greetings.forget"]
    assert told["samples"] == ["ventanilla.greetings.tests.sample.SAMPLE"]


def test_a_room_chooses_its_floor(tree: Tree) -> None:
    lint = (
        "-c",
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))",
    )
    with pytest.raises(AssertionError, match="greetings"):
        tree.python(*lint)
    tree.edit("pyproject.toml", " | delivery | ", " | delivery | greetings | ")
    tree.python(*lint)
