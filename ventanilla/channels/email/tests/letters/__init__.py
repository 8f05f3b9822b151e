"""Letters of our own, as mail programs write them: what must stay in sight and what must fold. Names and words are invented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A mail's bodies. `reply` is all that is shown; `folds` are words found only in what is folded."""

    name: str
    reply: str
    text: str = ""
    html: str = ""
    subject: str = "Re: Pan"
    writer: str = "Nora Vale"
    folds: tuple[str, ...] = ()
    signature: str = ""
    footer: str = ""


def squeezed(text: str) -> str:
    """Compared without regard to line ends and blank lines."""
    return " ".join(text.split())
