"""`scripts/wheel [FOLDER]`: the complete package, front ends and languages inside, in FOLDER (default `dist`)."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import frontends
import python_env
from places import PYTHON, ROOT
from say import Problem, say


def main(arguments: list[str]) -> int:
    """Build everything, then the wheel; print where it is."""
    folder = Path(arguments[0] if arguments else ROOT / "dist").absolute()
    python_env.prepare()
    python_env.compile_languages()
    frontends.build()
    put_inside()
    command = [PYTHON, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = subprocess.run(
        [*command, "--wheel-dir", folder, ROOT], text=True, capture_output=True, check=False
    )
    if done.returncode:
        raise Problem("build_failed", part="ventanilla", details=(done.stdout + done.stderr)[-3000:])
    shutil.rmtree(
        ROOT / "build", ignore_errors=True
    )  # of setuptools; what it keeps there would go into the next package too
    newest = max(folder.glob("ventanilla-*.whl"), key=lambda path: path.stat().st_mtime)
    say("wheel_ready", file=newest)
    return 0


def put_inside() -> None:
    """Copy what the front ends were built into to where the package takes it from."""
    for part in frontends.PARTS:
        place = ROOT / "ventanilla" / "static_built" / part
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(ROOT / part / "dist", place)
