"""The secret key belongs to the data: another one is named before anyone wonders why no one comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ventanilla.config.cli.tests.conftest import Done

PERSON = ("--account", "Acme", "--name", "Ana", "--email", "ana@acme.test", "--password", "Clave.123")


@pytest.mark.feature("Z-28")
def test_doctor_names_a_secret_key_that_is_not_of_these_data(ventanilla: Callable[..., Done]) -> None:
    def look(**environment: str) -> Any:
        checks = ventanilla("doctor", "--json", **environment).json["checks"]
        return next(check for check in checks if check["name"] == "secret_key")

    ventanilla("migrate")
    assert look()["ok"] is None
    ventanilla("createuser", *PERSON, VENTANILLA_SECRET_KEY="theirs")
    assert look(VENTANILLA_SECRET_KEY="theirs")["ok"] is True
    wrong = look(VENTANILLA_SECRET_KEY="another")
    assert (wrong["ok"], "VENTANILLA_OLD_SECRET_KEYS" in wrong["detail"]) == (False, True)
    assert look(VENTANILLA_SECRET_KEY="another", VENTANILLA_OLD_SECRET_KEYS="theirs")["ok"] is True
