"""The sample plug-in of examples/, installed as `pip install` does it, without a network."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "ventanilla-pigeon"


def install_example(target: Path, scratch: Path) -> None:
    """Into the folder `target`, built in a copy below `scratch`."""
    copy = scratch / "source"
    shutil.copytree(EXAMPLE, copy)
    uv = Path(sys.executable).parent / "uv"
    how = ["--offline", "--no-deps", "--no-build-isolation", "--python", sys.executable]
    done = subprocess.run(  # noqa: S603
        [str(uv), "pip", "install", "--quiet", *how, "--target", str(target), str(copy)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
