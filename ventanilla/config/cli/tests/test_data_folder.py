"""Which folder a command works on, wherever it is typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ventanilla.config import environment
from ventanilla.config.cli import startup


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No folder is given, none was used before, and the usual one is a fresh place."""
    monkeypatch.setenv("VENTANILLA_DATA", "")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr(environment, "default_data_folder", lambda: tmp_path / "usual")


def chosen(given: str | None = None) -> Path:
    os.environ["VENTANILLA_DATA"] = ""
    startup.use_data_folder(given)
    return Path(os.environ["VENTANILLA_DATA"])


def installed_in(folder: Path) -> Path:
    folder.mkdir()
    (folder / startup.DATABASE).touch()
    return folder


def test_the_usual_folder_does_not_depend_on_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = chosen()
    monkeypatch.chdir(tmp_path)
    assert chosen() == before == tmp_path / "usual"


def test_a_given_folder_is_one_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert chosen("here") == tmp_path / "here"


def test_what_serve_was_told_is_remembered_for_the_commands_beside_it(tmp_path: Path) -> None:
    elsewhere = installed_in(tmp_path / "my folder ñ")
    chosen(str(elsewhere))
    startup.remember_data_folder(str(elsewhere))
    assert chosen() == elsewhere


def test_a_trial_elsewhere_does_not_take_the_place_of_the_usual_installation(tmp_path: Path) -> None:
    usual, trial = installed_in(tmp_path / "usual"), installed_in(tmp_path / "trial")
    chosen(str(trial))
    startup.remember_data_folder(str(trial))
    assert chosen() == usual


def test_a_remembered_folder_that_is_gone_is_forgotten(tmp_path: Path) -> None:
    chosen(str(tmp_path / "gone"))
    startup.remember_data_folder(str(tmp_path / "gone"))
    assert chosen() == tmp_path / "usual"
