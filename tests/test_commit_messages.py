"""The check of commit messages knows a good one from each kind of bad one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts" / "tooling"))
import commit_messages

WHY = "Because the old way lost a message when the worker died.\n"


def faults(subject: str, body: str = WHY, *, lines: int = 40) -> list[str]:
    return commit_messages.faults(commit_messages.Commit("abc", subject, body, lines))


@pytest.mark.parametrize(
    "subject",
    [
        "desk: Keep the draft.",
        "channels/email: Read a folder once.",
        "desk, widget: Say “Email”.",
        "e2e: Wait for it.",
    ],
)
def test_a_subject_with_its_area_and_a_reason_passes(subject: str) -> None:
    assert not faults(subject)


@pytest.mark.parametrize(
    "subject",
    [
        "Keep the draft.",
        "desk: keep the draft.",
        "desk: Keep the draft",
        "Desk: Keep it.",
        f"desk: Keep {'x' * 70}.",
    ],
)
def test_another_form_is_refused(subject: str) -> None:
    assert faults(subject)


def test_only_a_trivial_change_needs_no_reason() -> None:
    assert faults("desk: Keep the draft.", "")
    assert faults("desk: Keep the draft.", " \n\n")
    assert not faults("desk: Fix a typo.", "", lines=2)


def test_messages_of_git_itself_are_left_alone() -> None:
    assert not faults('Revert "desk: Keep the draft."', "")


def test_without_history_there_is_nothing_to_read() -> None:
    assert commit_messages.commits("0" * 40) is None
