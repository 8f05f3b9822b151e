"""Endpoints are prepared when they are asked for the first time, and all alike."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ventanilla.api.late import LateOperation
from ventanilla.api.routes import build
from ventanilla.config import rooms

HERE = Path(__file__).resolve().parents[2]


def _operations() -> list[LateOperation]:
    routers = [router for _prefix, router in build(rooms.endpoints())._routers]
    return [one for router in routers for view in router.path_operations.values() for one in view.operations]


def test_an_api_that_was_just_made_has_prepared_nothing() -> None:
    made = build(rooms.endpoints())
    bound = [
        one
        for router in made._get_bound_routers()
        for view in router.path_operations.values()
        for one in view.operations
    ]
    assert len(bound) > 250
    assert not [one for one in bound if "models" in one.__dict__]


def test_what_is_read_first_prepares_the_rest_of_one_endpoint() -> None:
    first, second = (one.clone() for one in _operations()[:2])
    assert first.summary
    assert {"signature", "models", "response_models", "description"} <= first.__dict__.keys()
    assert "models" not in second.__dict__


def test_a_name_that_is_not_there_is_not_there() -> None:
    assert not hasattr(_operations()[0].clone(), "url_name")


def test_every_module_has_a_router_of_ours() -> None:
    """Ninja's own prepares everything at the start of the process."""
    found = subprocess.run(
        ["grep", "-rlE", r"from ninja import .*\bRouter\b", HERE, "--include=*.py"],
        capture_output=True,
        text=True,
    ).stdout.split()
    assert [path for path in found if not path.endswith("test_late.py")] == []
