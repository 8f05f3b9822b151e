"""What the documentation says to type works as it stands there."""

from __future__ import annotations

import json
import os
import pty
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from e2e.product import ROOT, plain_environment
from e2e.test_installing import installed, serving
from ventanilla.config.cli.arguments import parser

PAGES = [ROOT / "README.md", ROOT / "README.es.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands(page: Path) -> Iterator[list[str]]:
    """Each line of the page's blocks that calls the command line, without its comment."""
    for block in re.findall(
        r"^```\w*\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    ):
        block = re.sub(r"\$\([^)]*\)", "today", block.replace("\\\n", " "))  # what a shell fills in
        for line in block.splitlines():
            for part in re.split(r"&&|\|", line):
                words = shlex.split(part.strip(), comments=True)
                if words[1:] and words[0].rsplit("/", 1)[-1] == "ventanilla":
                    yield words[1:]


@pytest.mark.feature("Z-30")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_each_command_in_the_documentation_can_be_read(page: Path) -> None:
    for words in commands(page):
        given = [word for word in words if word not in {"…", "<", "message.eml"}]
        assert parser().parse_args(given).command in given


@pytest.mark.feature("Z-30")
@pytest.mark.parametrize("page", ["README.md", "README.es.md"])
def test_the_commands_of_the_readme_do_what_it_says_in_their_order(
    page: str, wheel: Path, tmp_path: Path
) -> None:
    below = tmp_path / "my folder" / "ñ"  # as people call theirs
    below.mkdir(parents=True)

    def placed(words: list[str]) -> list[str]:
        """The same words, below a folder of the test's own."""
        return [f"{below}{word}" if word.startswith("/") else word for word in words]

    for folder in ("srv", "backups", "copias", "elsewhere"):
        (below / folder).mkdir()
    if os.geteuid() == 0 and Path("/var/lib/ventanilla").exists():
        pytest.skip("this machine has an installation of its own in /var/lib/ventanilla")
    program = [str(installed(wheel, below / "program"))]
    env = plain_environment(HOME=str(below / "home"), XDG_STATE_HOME=str(below / "state"))
    # The port of the page may be taken, or not ours to take.
    serve, create, backup, restore, doctor = (placed(words) for words in commands(ROOT / page))
    assert [words[0] for words in (serve, create, backup, restore, doctor)] == [
        "serve",
        "createuser",
        "backup",
        "restore",
        "doctor",
    ]
    with serving([*program, *_without_port(serve)], cwd=below, env=env) as url:
        # Typed elsewhere than the server was started.
        assert _at_a_terminal([*program, *create], "Clave.123", cwd=below / "elsewhere", env=env) == 0
        here = {"cwd": below / "elsewhere", "env": env, "capture_output": True, "text": True}
        kept = subprocess.run([*program, *backup, "--json"], check=True, **here)
        assert json.loads(kept.stdout)["bytes"] > 0
        subprocess.run([*program, *restore], check=True, **here)
        looked = subprocess.run([*program, *doctor, "--json"], **here)
        data = next(check for check in json.loads(looked.stdout)["checks"] if check["name"] == "data")
        assert str(below / "srv") in data["detail"]
        signed_in = httpx.post(
            f"{url}/auth/sign_in", json={"email": "ana@acme.test", "password": "Clave.123"}
        )
        assert signed_in.status_code == 200
    # What was restored is the same installation.
    (trial,) = {path.parent for path in below.glob("srv/*/ventanilla.sqlite3")} - {below / "srv/ventanilla"}
    with serving([*program, "serve", "--data", str(trial)], cwd=below, env=env) as url:
        signed_in = httpx.post(
            f"{url}/auth/sign_in", json={"email": "ana@acme.test", "password": "Clave.123"}
        )
        assert signed_in.status_code == 200


def _without_port(words: list[str]) -> list[str]:
    at = words.index("--port")
    return words[:at] + words[at + 2 :]


def _at_a_terminal(command: list[str], typed: str, *, cwd: Path, env: dict[str, str]) -> int:
    """Run it as a person does who is asked something; its exit code."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execve(command[0], command, env)
    said = b""
    while b"Password: " not in said:
        said += os.read(terminal, 1000)
    os.write(terminal, typed.encode() + b"\n")
    while True:
        try:
            said += os.read(terminal, 1000) or b""
        except OSError:  # the other side hung up
            break
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert code == 0, said.decode()
    return code
