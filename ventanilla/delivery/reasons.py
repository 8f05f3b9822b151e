"""Why a payload is no message, in words for people. Rows keep the code, perhaps with a detail behind a colon."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WORDS = {
    "auto_reply": _("An automatic reply: out of office, or “we got your email”."),
    "read_receipt": _("A notice that one of your emails was opened."),
    "own_address": _("It comes from this channel's own address."),
    "test_mail": _("The email from the test button."),
    "delivery_delayed": _("One of your emails is delayed. Its server keeps trying."),
    "delivered_report": _("One of your emails arrived."),
    "received_before": _("It had already been received."),
    "report_unmatched": _("It's about a message that isn't here."),
    "no_sender": _("It doesn't say who sent it."),
    "not_a_mail": _("There's no email in it."),
    "nested_too_deeply": _("Its parts are nested too deeply."),
    "payload_unreadable": _("What the provider sent can't be read."),
    "channel_absent": _("Its channel is not installed any more."),
    "nobody_here": _("No channel has the address it was sent to."),
    "ended_worker": _("Reading it stopped the program every time."),
    "discarded": _("Someone discarded it."),
    "fault": _("An error in this program. The log has the details."),
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
