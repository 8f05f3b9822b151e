"""How far a mail of ours has come, in words for whoever asked for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from ventanilla.accounts.models import SystemMail
from ventanilla.kit.undelivered import sentence


@dataclass(frozen=True)
class MailState:
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


def mail_state(mail: SystemMail) -> MailState:
    """The state of that email."""
    if mail.state == SystemMail.State.SENT:
        return MailState("sent", mail.sent_at)
    if mail.state == SystemMail.State.FAILED:
        return MailState("failed", mail.due_at, mail.problem or "refused", mail.last_error)
    state = "trying" if mail.problem else "queued"
    return MailState(state, mail.created_at, mail.problem, mail.last_error)


def newest_states(user_ids: Collection[int], *, purpose: str) -> dict[int, MailState]:
    """The state of the newest email of that purpose, by the user it is about. One query."""
    rows = SystemMail.objects.filter(user_id__in=user_ids, purpose=purpose).order_by("pk").defer("content")
    return {mail.user_id: mail_state(mail) for mail in rows if mail.user_id is not None}
