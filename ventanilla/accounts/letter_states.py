"""How far a mail of ours has come, in words for whoever asked for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ventanilla.accounts.models import Letter
from ventanilla.kit.undelivered import sentence


@dataclass(frozen=True)
class LetterState:
    """`state`: queued, trying (it did not leave yet, and why), sent (the server took it), failed, or not_sent (there was
    no way to write it). `code` and `said` are kit.undelivered's.
    """

    state: str
    at: datetime | None = None
    code: str = ""
    said: str = ""

    @property
    def reason(self) -> str:
        """Why it has not left, in the language active now; "" when it has, or waits for its turn."""
        return sentence(self.code, self.said)


def letter_state(letter: Letter) -> LetterState:
    """The state of that email."""
    if letter.state == Letter.State.SENT:
        return LetterState("sent", letter.sent_at)
    if letter.state == Letter.State.FAILED:
        return LetterState("failed", letter.due_at, letter.problem or "refused", letter.last_error)
    state = "trying" if letter.problem else "queued"
    return LetterState(state, letter.created_at, letter.problem, letter.last_error)


def newest_states(user_ids: Collection[int], *, purpose: str) -> dict[int, LetterState]:
    """The state of the newest email of that purpose, by the user it is about. One query."""
    rows = Letter.objects.filter(user_id__in=user_ids, purpose=purpose).order_by("pk").defer("content")
    return {letter.user_id: letter_state(letter) for letter in rows if letter.user_id is not None}
