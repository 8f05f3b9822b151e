"""What a worker that is gone left in the out-tray: freed at once, and never handed over a second time."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from ventanilla.delivery.leaving import ClaimLost, give_up, give_up_knowing
from ventanilla.delivery.models import Attempt, Outgoing
from ventanilla.delivery.senders import is_keyed
from ventanilla.events import claims
from ventanilla.kit.clock import ahead, now

log = structlog.get_logger("delivery")

MOST_CRASHES = 6  # then it is the row that ends the workers
_PAUSE = timedelta(seconds=5)
_LOOK_AT_CLOCK_SECONDS = 10.0
_BUSY = (Outgoing.State.SENDING, Outgoing.State.HANDING)
_clock_lock = threading.Lock()
_clock_looked_at = 0.0


def free() -> None:
    """Give back what no one works on any more. A plain read when there is nothing."""
    moment = now()
    busy = Outgoing.objects.filter(state__in=_BUSY).values_list("claim", "claimed_until").distinct()
    for claim in {claim for claim, until in busy if claims.is_lost(claim, until, at=moment)}:
        _free(claim)
    _mend_plans()


def _free(claim: str) -> None:
    rows = Outgoing.objects.filter(claim=claim, state__in=_BUSY).select_related("inbox", "account")
    # They were sent in this order and each left its claim at its end: the first was being tried, the others were not.
    for index, row in enumerate(rows.order_by("next_attempt_at", "id")):
        log.warning("out_tray.stranded", outgoing=row.pk, state=row.state, claim=claim)
        try:
            with transaction.atomic(), translation.override(row.account.locale.replace("_", "-")):
                _free_one(row, claim, begun=index == 0)
        except ClaimLost:
            continue  # another worker was quicker, or its owner lives


def _free_one(row: Outgoing, claim: str, *, begun: bool) -> None:
    moment = now()
    plan = {"state": Outgoing.State.QUEUED, "claim": "", "next_attempt_at": moment, "planned_at": moment}
    if begun:
        note = _("The program stopped while it was being sent.")
        Attempt.objects.create(outgoing=row, succeeded=False, detail=note)
        crashes = row.crashes + 1
        if row.state == Outgoing.State.HANDING and not is_keyed(row):
            give_up_knowing(row)
            # The claim stays: should its owner live after all, it may still say what became of it.
            plan = {"state": Outgoing.State.UNKNOWN, "finished_at": moment, "last_error": note}
        elif crashes >= MOST_CRASHES:
            give_up(row, _("It couldn't be sent because of an error on our side."))
            plan = {"state": Outgoing.State.FAILED, "claim": "", "finished_at": moment, "last_error": note}
        elif crashes > 1:  # perhaps it is the row that ends the workers: let others have a turn
            plan["next_attempt_at"] = moment + crashes * _PAUSE
        plan["crashes"] = crashes
    mine = Outgoing.objects.filter(pk=row.pk, claim=claim, state=row.state)
    if not mine.update(**plan, claimed_until=None):
        raise ClaimLost


def _mend_plans() -> None:
    """What was planned while the clock ran ahead is due now."""
    global _clock_looked_at
    with _clock_lock:
        if time.monotonic() - _clock_looked_at < _LOOK_AT_CLOCK_SECONDS:
            return
        _clock_looked_at = time.monotonic()
    moment = now()
    wrong = Outgoing.objects.filter(ahead("planned_at", at=moment), state=Outgoing.State.QUEUED)
    if wrong.exists():
        wrong.update(next_attempt_at=moment, planned_at=moment)
