"""Why a payload is no message, in words for people. Rows keep the code, perhaps with a detail behind a colon."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WORDS = {
    "auto_reply": _("A program answered by itself: out of office, or “we got your mail”."),
    "read_receipt": _("A note that a mail of yours was opened."),
    "own_address": _("It comes from this channel's own address."),
    "test_mail": _("The mail of the test button."),
    "delivery_delayed": _("A mail of yours is delayed. Its server goes on trying."),
    "delivered_report": _("A mail of yours arrived."),
    "received_before": _("It was received before."),
    "report_unmatched": _("It is about a message that is not here."),
    "no_sender": _("It does not say who sent it."),
    "not_a_mail": _("There is no mail in it."),
    "nested_too_deeply": _("Its parts are nested without end."),
    "payload_unreadable": _("What the provider brought cannot be read."),
    "channel_absent": _("Its channel is not installed any more."),
    "nobody_here": _("No channel has the address it was sent to."),
    "ended_worker": _("Reading it ended the program, each time."),
    "fault": _("A fault of this program. The log has the details."),
}
# What rows of earlier versions say.
_BEFORE = {
    "an automatic answer": "auto_reply",
    "our own address wrote it": "own_address",
    "a mail of the test button": "test_mail",
    "delivery is delayed, not failed": "delivery_delayed",
    "no sender that can be answered": "no_sender",
    "no headers": "not_a_mail",
    "unreadable": "payload_unreadable",
    "nested beyond reason": "nested_too_deeply",
    "no inbox takes this address": "nobody_here",
    "each reading of it ended the worker": "ended_worker",
}


def code_of(reason: str) -> str:
    """The code in what a row says; "" for other words."""
    reason = _BEFORE.get(reason, reason)
    code = reason.partition(":")[0]
    return code if code in _WORDS else ""


def words_of(reason: str) -> str:
    """The reason in the language that is active, with its detail."""
    code = code_of(reason)
    if not code:
        return reason
    detail = reason.partition(":")[2].strip() if reason not in _BEFORE else ""
    return f"{_WORDS[code]} ({detail})" if detail else str(_WORDS[code])
