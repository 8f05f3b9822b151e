"""`scripts/run` builds the desk and the widget while the former build is being served."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType

import pytest

TOOLING = Path(__file__).parents[1] / "scripts" / "tooling"
# Stands for npm: builds `src/page` as Vite does, and writes down what was served meanwhile.
NPM = """#!/bin/sh
set -e
cat dist/index.html >> ../served 2>/dev/null || echo nothing >> ../served
mkdir "$VENTANILLA_DIST"
cp src/page "$VENTANILLA_DIST/index.html"
grep -q broken src/page && exit 1 || exit 0
"""


@pytest.fixture
def frontends(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    monkeypatch.syspath_prepend(str(TOOLING))
    import frontends
    import places

    monkeypatch.setattr(frontends, "ROOT", tmp_path)
    monkeypatch.setattr(places, "ROOT", tmp_path)
    monkeypatch.setattr(places, "STATE", tmp_path / ".state")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "npm").write_text(NPM)
    (tmp_path / "bin" / "npm").chmod(0o755)
    (tmp_path / "desk" / "src").mkdir(parents=True)
    return frontends


def test_a_build_takes_the_place_of_the_former_whole_and_a_broken_one_leaves_it(
    frontends: ModuleType, tmp_path: Path
) -> None:
    env = os.environ | {"PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    desk = tmp_path / "desk"

    def build(page: str) -> str:
        (desk / "src" / "page").write_text(f"{page}\n")
        frontends._build("desk", env)
        return (desk / "dist" / "index.html").read_text().strip()

    assert build("one") == "one"
    (desk / "dist.new").mkdir()  # someone stopped the machine halfway
    assert build("two") == "two"
    assert build("two") == "two"
    with pytest.raises(frontends.Problem):
        build("broken")
    assert build("three") == "three"
    assert (tmp_path / "served").read_text().split() == ["nothing", "one", "two", "two"]
    assert sorted(path.name for path in desk.iterdir()) == ["dist", "src"]
