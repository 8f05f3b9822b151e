"""`scripts/lock`: write every lock file anew from pyproject.toml, package.json and node.in, with hashes."""

from __future__ import annotations

import subprocess

import node_env
import python_env
from places import ROOT, VENV
from say import Problem, say

_COMPILE = [
    "pip",
    "compile",
    "--quiet",
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--python-version",
    "3.11",
]
_LOCKS = {
    "requirements.lock": ["pyproject.toml"],
    "requirements-dev.lock": ["pyproject.toml", "--group", "dev"],
    "scripts/node.lock": ["scripts/node.in"],
}


def main(arguments: list[str]) -> int:
    """Take `--upgrade` for the newest allowed versions; without it, versions stay unless they must move."""
    python_env.prepare(dev=True)
    for name, sources in _LOCKS.items():
        _run([str(VENV / "bin" / "uv"), *_COMPILE, *arguments, *sources, "--output-file", name], what=name)
    env = node_env.environment()
    for part in ("desk", "widget", "e2e/contract"):
        if (ROOT / part / "package.json").exists():
            command = ["npm", "install", "--package-lock-only", "--no-audit", "--no-fund"]
            _run(
                [*command, "--omit-lockfile-registry-resolved"],
                what=f"{part}/package-lock.json",
                env=env,
                folder=part,
            )
    say(
        "locked",
        names=", ".join(
            [*_LOCKS, "desk/package-lock.json", "widget/package-lock.json", "e2e/contract/package-lock.json"]
        ),
    )
    return 0


def _run(command: list[str], *, what: str, env: dict[str, str] | None = None, folder: str = ".") -> None:
    done = subprocess.run(command, cwd=ROOT / folder, env=env, text=True, capture_output=True, check=False)
    if done.returncode:
        raise Problem("install_failed", what=what, details=done.stderr[-3000:])
