"""A setting that a channel keeps either does something or is said to be idle, and no screen offers it then."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ventanilla.channels.webchat import DEFAULTS, FEATURES
from ventanilla.inboxes.channel import registry

ROOT = Path(__file__).parents[4]
IDLE = {"continuity_via_email", "use_inbox_avatar_for_bot"}
# Where a field is declared, given, renamed or checked is not where it acts.
_DECLARED = ("tests", "testing", "migrations", "generated", "demo")
_STRUCTURAL = {"website_url"}  # what people know the channel by


def _words(*folders: str) -> str:
    found = []
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            skipped = any(part in _DECLARED or part.endswith(".test.ts") for part in path.parts)
            if path.suffix in {".py", ".ts", ".tsx", ".vue", ".html"} and not skipped:
                found.append(path.read_text(encoding="utf-8"))
    return "\n".join(found)


@pytest.fixture(scope="module")
def acting() -> str:
    """All that runs, without the website channel's own declaration."""
    declared = (ROOT / "ventanilla/channels/webchat/__init__.py").read_text(encoding="utf-8")
    return _words("ventanilla", "widget/src").replace(declared, "")


def _is_read(name: str, code: str) -> bool:
    return re.search(rf"""["'.]{re.escape(name)}\b""", code) is not None


@pytest.mark.feature("W-03")
@pytest.mark.parametrize("name", sorted({*DEFAULTS, *FEATURES} - _STRUCTURAL))
def test_a_field_of_the_website_channel_acts_or_is_said_idle(name: str, acting: str) -> None:
    assert _is_read(name, acting) is (name not in IDLE)


@pytest.mark.feature("W-03")
def test_what_is_idle_is_offered_on_no_screen_and_stands_in_the_guide() -> None:
    guide = (ROOT / "docs/howto/website.md").read_text(encoding="utf-8")
    screens = _words("desk/src")
    form = str(registry()["webchat"].settings_schema())
    for name in IDLE:
        assert f"`{name}`" in guide
        assert name not in screens
        assert name not in form
    assert DEFAULTS["continuity_via_email"] is False
    assert "use_inbox_avatar_for_bot" not in DEFAULTS["selected_feature_flags"]
