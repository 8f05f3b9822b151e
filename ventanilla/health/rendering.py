"""What the checks found, for those who read it: the desk, programs, Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ventanilla import __version__
from ventanilla.health.looking import Seen
from ventanilla.kit.clock import iso, now
from ventanilla.kit.health import Figure, Found, severity, worst

LOOK_AGAIN_SECONDS = 5.0
_SOONEST_SECONDS = 0.5


def page_json(seen: Sequence[Seen], *, is_whole: bool, took_seconds: float) -> dict[str, Any]:
    """In the language active now."""
    return {
        "checked_at": iso(now()),
        "took_ms": round(took_seconds * 1000),
        "state": worst([one.state for one in seen]),
        "version": __version__,
        "is_whole": is_whole,
        "look_again_seconds": _look_again(seen),
        "checks": checks_json(seen),
    }


def checks_json(seen: Sequence[Seen]) -> list[dict[str, Any]]:
    """Each check with what it found."""
    return [
        {
            "name": one.check.name,
            "title": str(one.check.title),
            "group": one.check.group,
            "state": one.state,
            "took_ms": round(one.took_seconds * 1000),
            "found": [_found_json(found) for found in one.found],
        }
        for one in seen
    ]


def _found_json(found: Found) -> dict[str, Any]:
    return {
        "key": found.key,
        "state": found.state,
        "name": str(found.name),
        "code": found.code,
        "says": str(found.says),
        "hint": str(found.hint) if found.hint is not None else "",
        "since": iso(found.since),
        "figures": [_figure_json(figure) for figure in found.figures],
        "acts": list(found.acts),
        "about": dict(found.about),
    }


def _figure_json(figure: Figure) -> dict[str, Any]:
    return {"name": figure.name, "value": figure.value, "unit": figure.unit, "labels": dict(figure.labels)}


def _look_again(seen: Sequence[Seen]) -> float:
    turns = [
        found.turns_in_seconds for one in seen for found in one.found if found.turns_in_seconds is not None
    ]
    return round(max(_SOONEST_SECONDS, min([LOOK_AGAIN_SECONDS, *turns])), 2)


class Family(NamedTuple):
    """One figure of all things that have it, with what it means: labels and sum."""

    name: str
    help: str
    samples: dict[tuple[tuple[str, str], ...], float]


def families(seen: Sequence[Seen]) -> Iterator[Family]:
    """The figures for metrics, and how each check is."""
    states: dict[tuple[tuple[str, str], ...], float] = {}
    for one in seen:
        states[(("check", one.check.name),)] = severity(one.state)
        for name, help_text in one.check.metrics.items():
            samples: dict[tuple[tuple[str, str], ...], float] = {}
            for figure in (figure for found in one.found for figure in found.figures if figure.name == name):
                samples[figure.labels] = samples.get(figure.labels, 0.0) + figure.value
            if samples:
                yield Family(name, help_text, samples)
    yield Family("check_state", "How each check is: 0 well, 1 somebody should look, 2 ill.", states)
