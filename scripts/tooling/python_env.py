"""The Python environment: `.venv` with exactly what the lock says."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from places import CLI, PYTHON, ROOT, VENV, digest, is_fresh, need_write, stamp
from say import Problem, say

_NETWORK_SIGNS = (
    "name resolution", "name or service", "newconnectionerror", "connection refused", "connection reset",
    "timed out", "network is unreachable", "no matching distribution", "eai_again", "enotfound", "etimedout",
    "econnrefused", "dns error", "tcp connect error", "error sending request",
)  # fmt: skip
LOCKS = {"python": "requirements.lock", "python-dev": "requirements-dev.lock"}
# By the shell: the first line of a script holds no path with a space in it, nor one of more than 127 characters.
LAUNCHER = """#!/bin/sh
exec {python} -P -m ventanilla "$@"
"""


def prepare(*, dev: bool = False) -> None:
    """Make or complete `.venv` so that it has the locked packages; with `dev`, the tools of the tests too."""
    wanted = {kind: digest([ROOT / name], sys.version.split()[0]) for kind, name in LOCKS.items()}
    enough = (
        ["python-dev"] if dev else ["python", "python-dev"]
    )  # the development lock holds all of the other
    if CLI.exists() and _works() and any(is_fresh(kind, wanted[kind]) for kind in enough):
        return
    need_write(ROOT)
    if not _works():
        _create()
    say("python_packages")
    _install(ROOT / LOCKS[enough[0]])
    _link_the_product()
    stamp(enough[0], wanted[enough[0]])


def _works() -> bool:
    try:
        done = subprocess.run([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False)
    except OSError:
        return False
    return done.returncode == 0


def _create() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        venv.EnvBuilder(with_pip=True, symlinks=True).create(VENV)
    except (subprocess.CalledProcessError, OSError, ImportError) as error:
        shutil.rmtree(VENV, ignore_errors=True)
        raise Problem("no_venv_module", details=error) from error


def _install(lock: Path) -> None:
    uv = VENV / "bin" / "uv"
    attempts = [[str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]]
    if uv.exists():  # it came with the development lock and is many times faster; pip stays as the way that always is there
        attempts.insert(0, [str(uv), "pip", "install", "--quiet", "--python", str(PYTHON)])
    for command in attempts:
        done = subprocess.run(
            [*command, "--require-hashes", "--requirement", str(lock)],
            cwd=ROOT,
            text=True,
            capture_output=True,
            check=False,
        )
        if done.returncode == 0:
            return
    details = "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:])
    raise Problem(
        "no_network" if looks_like_network(details) else "install_failed", what="Python", details=details
    )


def looks_like_network(output: str) -> bool:
    """Whether an installer's words point to the network."""
    return any(sign in output.lower() for sign in _NETWORK_SIGNS)


def _link_the_product() -> None:
    """Make `import ventanilla` and the command `ventanilla` work in the environment, straight from this tree."""
    found = subprocess.run(
        [PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        text=True,
        capture_output=True,
        check=True,
    )
    (Path(found.stdout.strip()) / "ventanilla-source.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    CLI.write_text(LAUNCHER.format(python=shlex.quote(str(PYTHON))), encoding="utf-8")
    CLI.chmod(0o755)


def compile_languages() -> None:
    """Compile the catalogues (.po) that changed."""
    catalogues = sorted((ROOT / "ventanilla" / "locale").glob("*/LC_MESSAGES/*.po"))
    for catalogue in catalogues:
        target = catalogue.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < catalogue.stat().st_mtime:
            command = [VENV / "bin" / "pybabel", "-q", "compile", "-i", catalogue, "-o", target]
            done = subprocess.run(command, text=True, capture_output=True, check=False)
            if done.returncode:
                raise Problem("build_failed", part=catalogue.name, details=done.stderr)
