"""docs/features.md read by a machine: its rows, the layers each needs, and what is still missing of some."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

ROW = r"(?!Q-)[A-Z](?:-[A-Z]{3})?-\d+"
_ROW = re.compile(rf"^\| ({ROW}) \| (.+?) \|$", re.MULTILINE)
_PARTLY = re.compile(rf"^- ({ROW}): (.+)$", re.MULTILINE)
_SERVER_ALONE = "No screen shows these"
_SCREEN_ALONE = "These are of the screen alone"
SERVER, SCREEN, UNIT = "server", "screen", "unit"


@dataclass(frozen=True)
class Row:
    """A promise. `needs`: the layers that prove it; `missing`: what of it is not built, in words."""

    id: str
    sentence: str
    needs: frozenset[str]
    missing: str = ""


@dataclass(frozen=True)
class Proof:
    """What the recorded tests say of a row: the layers where one passes, and the tests that fail."""

    layers: frozenset[str] = frozenset()
    failed: tuple[str, ...] = ()
    tests: Mapping[str, str] = field(default_factory=dict)


def rows_of(text: str) -> list[Row]:
    """All rows of the page, in its order."""
    partly = dict(_PARTLY.findall(text))
    server, screen = _ids_after(text, _SERVER_ALONE), _ids_after(text, _SCREEN_ALONE)
    needs = {**dict.fromkeys(server, frozenset([SERVER])), **dict.fromkeys(screen, frozenset([SCREEN]))}
    both = frozenset([SERVER, SCREEN])
    return [
        Row(row, sentence, needs.get(row, both), partly.get(row, "")) for row, sentence in _ROW.findall(text)
    ]


def _ids_after(text: str, words: str) -> list[str]:
    """The ids of the paragraph that follows the sentence beginning with these words."""
    after = text.partition(words)[2].partition("\n\n")[2].partition("\n\n")[0]
    return re.findall(ROW, after)


def layer_of(test: str) -> str:
    """The layer a test is of, by where it lives: `e2e/` works the screen, Vitest a rule of it, the rest the server."""
    if test.startswith("vitest:"):
        return UNIT
    return SCREEN if test.startswith("e2e/") else SERVER


def proof_of(tests: Mapping[str, str]) -> Proof:
    """Test → outcome, as recorded. A screen's test that goes through the product counts for the screen alone."""
    return Proof(
        layers=frozenset(layer_of(test) for test, outcome in tests.items() if outcome == "passed"),
        failed=tuple(sorted(test for test, outcome in tests.items() if outcome == "failed")),
        tests=tests,
    )


def lacks(row: Row, proof: Proof) -> list[str]:
    """The layers that the row needs and no passing test has."""
    return sorted(row.needs - proof.layers)


def state_of(row: Row, proof: Proof) -> str:
    """proven · partly (something is not built) · one_layer · failing · unmarked (no test names it) · unproven."""
    if proof.failed:
        return "failing"
    if not proof.tests:
        return "unmarked"
    if row.missing:
        return "partly"
    if not proof.layers & {SERVER, SCREEN}:
        return "one_layer" if UNIT in proof.layers else "unproven"
    return "one_layer" if lacks(row, proof) else "proven"


def counts(states: Iterable[str]) -> dict[str, int]:
    """How many rows are in each state."""
    found = dict.fromkeys(("proven", "one_layer", "partly", "failing", "unproven", "unmarked"), 0)
    for state in states:
        found[state] += 1
    return found
