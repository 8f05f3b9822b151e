"""docs/features.md and the machine that reads it: no promise counts on a test of something else, or on half of it."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "features.md").read_text(encoding="utf-8")
_spec = importlib.util.spec_from_file_location("ledger", ROOT / "scripts" / "tooling" / "ledger.py")
assert _spec is not None and _spec.loader is not None
ledger = importlib.util.module_from_spec(_spec)
sys.modules["ledger"] = ledger
_spec.loader.exec_module(ledger)
ROWS = {row.id: row for row in ledger.rows_of(PAGE)}


def test_the_page_has_each_row_once_and_no_decision_is_one():
    listed = [row.id for row in ledger.rows_of(PAGE)]
    assert len(listed) == len(set(listed)) == 286
    assert not [row for row in listed if row.startswith("Q-")]


def test_what_is_said_of_rows_is_said_of_rows_that_exist():
    tail = PAGE.partition("## How rows are counted")[2]
    assert set(re.findall(ledger.ROW, tail)) <= set(ROWS)
    assert ROWS["X-02"].needs == {"server"}
    assert ROWS["R-01"].needs == {"screen"}
    assert ROWS["C-21"].needs == {"server", "screen"}
    assert ROWS["W-10"].missing


def test_every_mark_names_a_row():
    marked = set()
    for folder in ("ventanilla", "tests", "e2e"):
        for path in (ROOT / folder).rglob("test_*.py"):
            for arguments in re.findall(r"mark\.feature\(([^)]*)\)", path.read_text(encoding="utf-8")):
                marked |= set(re.findall(r'"([^"]+)"', arguments))
    assert not marked - set(ROWS)


@pytest.mark.parametrize(("row", "tests", "state"), [
    ("C-21", {"ventanilla/a.py::x": "passed", "e2e/b.py::y": "passed"}, "proven"),
    ("C-21", {"ventanilla/a.py::x": "passed"}, "one_layer"),
    ("C-21", {"e2e/b.py::y": "passed"}, "one_layer"),
    ("C-21", {"vitest: desk: C-21 x": "passed"}, "one_layer"),
    ("C-21", {"ventanilla/a.py::x": "passed", "e2e/b.py::y": "failed"}, "failing"),
    ("C-21", {"ventanilla/a.py::x": "skipped"}, "unproven"),
    ("C-21", {}, "unmarked"),
    ("X-02", {"tests/a.py::x": "passed"}, "proven"),
    ("R-01", {"e2e/b.py::y": "passed"}, "proven"),
    ("R-01", {"ventanilla/a.py::x": "passed"}, "one_layer"),
    ("W-10", {"ventanilla/a.py::x": "passed", "e2e/b.py::y": "passed"}, "partly"),
])  # fmt: skip
def test_a_row_counts_only_where_it_is_proven(row, tests, state):
    assert ledger.state_of(ROWS[row], ledger.proof_of(tests)) == state
