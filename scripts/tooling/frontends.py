"""Builds the desk and the widget, each only when something it is made of changed."""

from __future__ import annotations

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import node_env
from places import PYTHON, ROOT, digest, files_under, is_fresh, need_write, scratch_environment, stamp
from python_env import looks_like_network
from say import Problem, say

PARTS = ("desk", "widget")
OPENAPI = ROOT / "desk" / "openapi.json"
CLIENT = ROOT / "desk" / "src" / "api" / "generated" / "schema.ts"


def build() -> dict[str, str]:
    """Bring packages, API types and both builds up to date. Returns the environment that has Node on its PATH."""
    env = node_env.environment()
    present = here()
    for part in present:
        _packages(part, env)
    export_openapi()
    if "desk" in present:
        _write_client(env)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda part: _build(part, env), present))
    return env


def here() -> list[str]:
    """The front ends of this tree."""
    return [part for part in PARTS if (ROOT / part / "package.json").exists()]


def export_openapi() -> None:
    """Write `desk/openapi.json` from the API's code; unchanged code writes nothing."""
    sources = [path for path in files_under(ROOT / "ventanilla") if path.suffix == ".py"]
    wanted = digest(sources)
    if not (ROOT / "desk").exists() or (OPENAPI.exists() and is_fresh("openapi", wanted)):
        return
    done = subprocess.run(
        [PYTHON, "manage.py", "export_openapi", OPENAPI],
        cwd=ROOT, env=scratch_environment(), text=True, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Problem("build_failed", part="desk/openapi.json", details=done.stderr[-3000:])
    stamp("openapi", wanted)


def _write_client(env: dict[str, str]) -> None:
    """Write the desk's types of the API from its description."""
    wanted = digest([OPENAPI, ROOT / "desk" / "package-lock.json"])
    if CLIENT.exists() and is_fresh("desk-client", wanted):
        return
    CLIENT.parent.mkdir(parents=True, exist_ok=True)
    command = ["npm", "run", "--silent", "api"]
    done = subprocess.run(command, cwd=ROOT / "desk", env=env, text=True, capture_output=True, check=False)
    if done.returncode:
        raise Problem(
            "build_failed", part="desk/src/api/generated", details=(done.stdout + done.stderr)[-3000:]
        )
    stamp("desk-client", wanted)


def _packages(part: str, env: dict[str, str]) -> None:
    folder = ROOT / part
    wanted = digest([folder / "package-lock.json"], node_env.version(env))
    if (folder / "node_modules").exists() and is_fresh(f"{part}-packages", wanted):
        return
    need_write(folder)
    say("node_packages", part=part)
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=folder, env=env, text=True, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        details = "\n".join((done.stderr or done.stdout).strip().splitlines()[:15])
        raise Problem(
            "no_network" if looks_like_network(details) else "install_failed", what=part, details=details
        )
    stamp(f"{part}-packages", wanted)


def _build(part: str, env: dict[str, str]) -> None:
    folder = ROOT / part
    wanted = digest(
        [p for p in files_under(folder) if p.suffix not in {".tsbuildinfo"} and p.name != "schema.ts"]
    )
    if (folder / "dist").exists() and is_fresh(f"{part}-build", wanted):
        return
    say("building", part=part)
    fresh = folder / "dist.new"
    shutil.rmtree(fresh, ignore_errors=True)
    done = subprocess.run(
        ["npm", "run", "--silent", "build"], cwd=folder, env=env | {"VENTANILLA_DIST": fresh.name},
        text=True, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Problem("build_failed", part=part, details=(done.stdout + done.stderr)[-4000:])
    _put_in_place(fresh, folder / "dist")
    stamp(f"{part}-build", wanted)


def _put_in_place(fresh: Path, place: Path) -> None:
    """Make `fresh` the build. A running server serves the former one until then, and misses it between two renames."""
    former = place.with_name(f"{place.name}.old")
    shutil.rmtree(former, ignore_errors=True)
    if place.exists():
        place.rename(former)
    fresh.rename(place)
    shutil.rmtree(former, ignore_errors=True)
