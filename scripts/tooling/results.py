"""What each step of the tests came to, and the line that closes a run."""

from __future__ import annotations

import json
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

# CPU seconds (user and system) that a part may cost. The whole run stays below 40 minutes on two cores; whoever makes a part
# dearer makes another cheaper, or raises its budget here and says why.
BUDGETS = {
    "pytest on SQLite": 1500,
    "pytest on PostgreSQL": 1350,
    "browser journeys": 1500,
    "mypy": 150,
}


# What the closing print repeats of what failed: machines keep only the end of a long print, some twelve kilobytes.
LINES_OF_ONE = 30
CHARS_OF_ALL = 8_000


@dataclass
class Tally:
    """One step: how many of its checks or tests passed, failed and were skipped, and what it cost."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    note: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    output: str = ""
    failures: list[tuple[str, str]] = field(
        default_factory=list
    )  # each failed test: its name, and what it said


@dataclass
class Results:
    """All steps of a run."""

    tallies: list[Tally] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    def add(self, tally: Tally) -> None:
        """Keep `tally` and say at once how it went."""
        self.tallies.append(tally)
        if tally.failed and tally.output:
            print(tally.output.rstrip(), flush=True)
        word = "FAILED" if tally.failed else "SKIPPED" if tally.skipped and not tally.passed else "ok"
        print(f"{word:>8}  {tally.name}  ({tally.seconds:.1f} s) {tally.note}".rstrip(), flush=True)

    def skip(self, name: str, reason: str) -> None:
        """Say loudly that a step could not be run on this machine."""
        rule = "!" * 100
        print(f"{rule}\n!! SKIPPED: {name}: {reason}\n{rule}", flush=True)
        self.tallies.append(Tally(name, skipped=1, note=reason))

    def close(self) -> int:
        """Print what failed once more, a table of the steps and the closing line; the exit code."""
        print(said_again(self.tallies), end="")
        print("\n── Steps " + "─" * 60)
        for tally in self.tallies:
            counts = f"{tally.passed} passed, {tally.failed} failed"
            counts += f", {tally.skipped} skipped" if tally.skipped else ""
            cost = f"{tally.seconds:6.1f} s {tally.cpu_seconds:6.0f} s CPU"
            print(f"{tally.name:<42} {counts:<40} {cost}{_budget(tally)}  {tally.note}".rstrip())
        print(f"{'all':<42} {time.monotonic() - self.started:.0f} s\n")
        passed, failed, skipped = (
            sum(getattr(t, word) for t in self.tallies) for word in ("passed", "failed", "skipped")
        )
        print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""), flush=True)
        return 1 if failed or not passed else 0


def said_again(tallies: Iterable[Tally]) -> str:
    """What failed in each step, short; what no longer fits is named only."""
    parts: list[str] = []
    left = CHARS_OF_ALL
    for tally in tallies:
        for name, words in tally.failures or ([("", tally.output)] if tally.failed and tally.output else []):
            head = f"── Failed in {tally.name} {name}".rstrip()
            body = _short(words)
            if len(body) > left:
                body = "(above)"
            left -= len(body)
            parts.append(f"{head}\n{body}\n")
    return "\n" + "\n".join(parts) if parts else ""


def _short(words: str) -> str:
    """Where it began and how it ended: the first third of the lines that are kept, and the last two."""
    lines = [line[:300] for line in words.strip().splitlines()]
    if len(lines) > LINES_OF_ONE:
        lines = [*lines[: LINES_OF_ONE // 3], "…", *lines[-(LINES_OF_ONE * 2 // 3) :]]
    return "\n".join(lines)


def _budget(tally: Tally) -> str:
    budget = BUDGETS.get(tally.name)
    if budget is None:
        return ""
    return f" of {budget}" + (", OVER ITS BUDGET" if tally.cpu_seconds > budget else "")


def read_junit(path: Path, tally: Tally) -> None:
    """Add what a pytest run wrote to `tally`."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            tally.failed += 1
            tally.failures.append((_name_of(case), _said_by(case)))
        elif "skipped" in kinds:
            tally.skipped += 1
        else:
            tally.passed += 1


def failed_in_junit(path: Path) -> list[str]:
    """The tests that failed in a pytest run, as pytest names them; a part that never reported has none."""
    if not path.exists():
        return []
    return [
        _name_of(case)
        for case in ElementTree.parse(path).getroot().iter("testcase")
        if {child.tag for child in case} & {"failure", "error"}
    ]


def _name_of(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"


def _said_by(case: ElementTree.Element) -> str:
    return "\n".join(child.text or "" for child in case if child.tag in {"failure", "error"})


def read_vitest(path: Path, tally: Tally) -> None:
    """Add what a Vitest run wrote to `tally`."""
    report = json.loads(path.read_text())
    tally.passed += report["numPassedTests"]
    tally.failed += report["numFailedTests"]
    tally.skipped += report["numPendingTests"] + report["numTodoTests"]
    tally.failures += [
        (one["fullName"], "\n".join(one["failureMessages"]))
        for file in report["testResults"]
        for one in file["assertionResults"]
        if one["status"] == "failed"
    ]
    # A file that does not even load has no tests to count.
    tally.failed += sum(
        1 for file in report["testResults"] if file["status"] == "failed" and not file["assertionResults"]
    )
