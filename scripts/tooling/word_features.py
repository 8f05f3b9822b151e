"""`scripts/features`: the rows of docs/features.md that no passing test proves."""

from __future__ import annotations

import json
import re
from collections import defaultdict

from places import ROOT, STATE
from say import Problem, say

_ROW = re.compile(r"^\| ([A-Z](?:-[A-Z]{3})?-\d+) \| (.+?) \|$", re.MULTILINE)
_ID = re.compile(r"\b([A-Z](?:-[A-Z]{3})?-\d{2,})\b")


def main(arguments: list[str]) -> int:
    """Print unproven rows; `--all` prints the proven ones too with their tests, `--only A-01,C-10` narrows the list."""
    rows = dict(_ROW.findall((ROOT / "docs" / "features.md").read_text(encoding="utf-8")))
    only = set(arguments[arguments.index("--only") + 1].split(",")) if "--only" in arguments else set(rows)
    tests = recorded()
    if not tests:
        raise Problem("features_none")
    missing = 0
    for row, sentence in rows.items():
        if row not in only:
            continue
        outcomes = tests.get(row, {})
        proven = "passed" in outcomes.values() and "failed" not in outcomes.values()
        missing += not proven
        if not proven or "--all" in arguments:
            print(f"{'✓' if proven else '·'} {row:9} {sentence}")
            for test, outcome in sorted(outcomes.items() if "--all" in arguments or not proven else []):
                print(f"{'':12}{outcome}: {test}")
    total = len(only & set(rows))
    say("features_total", proven=total - missing, total=total, missing=missing)
    return 0


def recorded() -> dict[str, dict[str, str]]:
    """Ledger id → test → outcome, from the last runs of pytest and Vitest."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(STATE.glob("features-*.json")):
        run = path.stem.removeprefix("features-")
        for test, record in json.loads(path.read_text()).items():
            for row in record["features"]:
                found[row][f"{test} ({run})"] = record["outcome"]
    for path in sorted(STATE.glob("vitest-*.json")):
        for file in json.loads(path.read_text())["testResults"]:
            for test in file["assertionResults"]:
                for row in _ID.findall(test["fullName"]):
                    found[row][f"{path.stem.removeprefix('vitest-')}: {test['fullName']}"] = test["status"]
    return found
