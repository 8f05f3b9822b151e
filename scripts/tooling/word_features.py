"""`scripts/features`: what of docs/features.md is proven by passing tests, and in which layers."""

from __future__ import annotations

import json
import re
from collections import defaultdict

from ledger import SCREEN, SERVER, UNIT, Row, counts, lacks, proof_of, rows_of, state_of
from places import ROOT, STATE
from say import Problem, say

_ID = re.compile(r"\b([A-Z](?:-[A-Z]{3})?-\d{2,})\b")
_SIGNS = {"proven": "✓", "one_layer": "◐", "partly": "◔", "failing": "✗", "unproven": "·", "unmarked": "·"}


def main(arguments: list[str]) -> int:
    """Print rows that lack something; `--all` the proven ones too with their tests, `--only A-01,C-10` narrows the list."""
    rows = rows_of((ROOT / "docs" / "features.md").read_text(encoding="utf-8"))
    if "--only" in arguments:
        only = set(arguments[arguments.index("--only") + 1].split(","))
        rows = [row for row in rows if row.id in only]
    tests = recorded()
    if not tests:
        raise Problem("features_none")
    proofs = {row.id: proof_of(tests.get(row.id, {})) for row in rows}
    states = {row.id: state_of(row, proofs[row.id]) for row in rows}
    with_tests = "--all" in arguments
    for row in rows:
        if states[row.id] != "proven" or with_tests:
            print(_line(row, states[row.id], proofs[row.id].layers, lacks(row, proofs[row.id])))
            shown = proofs[row.id].tests if with_tests else dict.fromkeys(proofs[row.id].failed, "failed")
            for test, outcome in sorted(shown.items()):
                print(f"{'':12}{outcome}: {test}")
    total = counts(states.values())
    say("features_total", total=len(rows), missing=len(rows) - total["proven"], **total)
    return 0


def _line(row: Row, state: str, layers: frozenset[str], lacking: list[str]) -> str:
    proven = "+".join(layer for layer in (SERVER, SCREEN, UNIT) if layer in layers) or "–"
    notes = [f"no {layer}" for layer in lacking] if state in {"one_layer", "partly"} else []
    notes += [f"missing: {row.missing}"] if row.missing else []
    return f"{_SIGNS[state]} {row.id:9} [{proven}] {row.sentence}" + (
        f" ({'; '.join(notes)})" if notes else ""
    )


def recorded() -> dict[str, dict[str, str]]:
    """Ledger id → test → outcome, from the last runs of pytest and Vitest. A test that ran twice must have passed twice."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(STATE.glob("features-*.json")):
        for test, record in json.loads(path.read_text()).items():
            for row in record["features"]:
                before = found[row].get(test, "passed")
                found[row][test] = record["outcome"] if before == "passed" else before
    for path in sorted(STATE.glob("vitest-*.json")):
        for file in json.loads(path.read_text())["testResults"]:
            for test in file["assertionResults"]:
                name = f"vitest: {path.stem.removeprefix('vitest-')}: {test['fullName']}"
                for row in _ID.findall(test["fullName"]):
                    found[row][name] = test["status"]
    return found
