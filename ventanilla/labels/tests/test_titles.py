"""One label for one word that people see."""

from __future__ import annotations

import pytest

from ventanilla.labels.titles import stored_title, stored_titles

pytestmark = pytest.mark.feature("L-01")


@pytest.mark.parametrize(
    "given",
    ["vip", " VIP ", "vip\u200b", "\u202evip", "v\u200dip", "vi\u00adp", "\ufeffvip\u2069", "vip\u200d"],
)
def test_titles_that_look_the_same_are_one(given: str) -> None:
    assert stored_title(given) == "vip"


@pytest.mark.parametrize("joined", ["👨\u200d👩\u200d👧", "می\u200cخواهم", "क्\u200dष"])
def test_what_joins_letters_and_pictures_stays(joined: str) -> None:
    assert stored_title(joined) == joined


def test_what_nobody_sees_is_no_title() -> None:
    assert stored_titles(["\u200b", "\u202e\u2069", " \u200d ", "é\u200dé"]) == ["éé"]
