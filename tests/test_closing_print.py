"""What failed is read at the end of a long print, where machines that keep only its tail have it (scripts/test)."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "scripts" / "tooling"))
from results import CHARS_OF_ALL, Results, Tally, read_junit, said_again

JUNIT = """<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_good"/>
<testcase classname="tests.test_a" name="test_bad[1]"><failure message="m">a.py:1: in test_bad
E   assert 1 == 2</failure></testcase>
<testcase classname="tests.test_a" name="test_left"><skipped/></testcase>
</testsuite></testsuites>"""


def test_each_failed_test_is_repeated_before_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "junit.xml"
    report.write_text(JUNIT)
    tally = Tally("pytest on SQLite", output="much before it")
    read_junit(report, tally)
    results = Results()
    results.add(tally)
    results.add(Tally("ruff check", failed=1, output="a.py:1:1: F401 unused"))
    capsys.readouterr()
    assert results.close() == 1
    again, table = capsys.readouterr().out.split("── Steps")
    assert (
        "Failed in pytest on SQLite tests/test_a.py::test_bad[1]\na.py:1: in test_bad\nE   assert 1 == 2\n"
        in again
    )
    assert "Failed in ruff check\na.py:1:1: F401 unused" in again
    assert "much before it" not in again
    assert table.endswith("1 passed, 2 failed, 1 skipped\n")


def test_of_a_long_failure_beginning_and_end_are_kept() -> None:
    words = "\n".join(f"line {number}" for number in range(200))
    again = said_again([Tally("e2e", failed=1, failures=[("a::b", words)])])
    assert "line 0\n" in again
    assert again.endswith("line 199\n")
    assert len(again.splitlines()) < 40


def test_many_failures_fit_and_all_are_named() -> None:
    failures = [(f"a::test_{number}", "E   assert\n" * 20) for number in range(200)]
    again = said_again([Tally("e2e", failed=200, failures=failures)])
    assert all(name in again for name, _words in failures)
    assert len(again) < 2 * CHARS_OF_ALL + 200 * 40


def test_a_run_without_failures_repeats_nothing() -> None:
    assert said_again([Tally("mypy", passed=1, output="Success")]) == ""
