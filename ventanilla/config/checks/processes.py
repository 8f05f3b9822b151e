"""Whether the processes work: each gives a sign every few seconds (config.heart)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ventanilla.config import heart
from ventanilla.kit.health import Check, Figure, Found, State, Words

_A_MOMENT = 0.3  # after the last of its signs was too long ago, so that who asks then finds it so


class Processes(Check):
    """A line for the workers, one for the web processes that are silent beside the one that answers."""

    name = "processes"
    title = _("Background work")
    place = 0
    group = "queues"
    patience = timedelta(seconds=45)  # the supervisor starts a silent one anew after thirty
    metrics = {
        "workers": "Worker processes that work.",
        "silent_processes": "Processes that should work and give no sign.",
    }

    def look(self, account_id: int | None) -> Sequence[Found]:
        workers, web = heart.alive("worker"), heart.alive("web")
        state, says, code = _verdict(workers, web)
        silent = [*workers.silent, *web.silent]
        return [
            Found(
                state=state,
                name=Words(self.title),
                says=says,
                code=code,
                hint=Words("%(names)s", names=", ".join(map(str, silent))) if silent else None,
                figures=(Figure("workers", workers.beating), Figure("silent_processes", len(silent))),
                turns_in_seconds=_turns_in(workers),
            )
        ]


def _verdict(workers: heart.Alive, web: heart.Alive) -> tuple[State, Words, str]:
    if workers.beating:
        if not workers.silent and not web.silent:
            says = Words(
                ngettext_lazy("%(count)s process works", "%(count)s processes work", "count"),
                count=workers.beating,
            )
            return State.WELL, says, "workers_well"
        return State.LOOK, Words(_("One of several processes isn't responding")), "one_silent"
    if not (web.beating or web.silent or workers.silent or workers.missing):
        return State.LOOK, Words(_("Ventanilla isn't running")), "not_running"
    return State.ILL, Words(_("Stopped: nothing is sent, read or told")), "workers_stopped"


def _turns_in(workers: heart.Alive) -> float | None:
    """When the one that gave a sign last would be silent, if it gave none from now on."""
    if workers.newest_age is None:
        return None
    left = heart.SILENT_AFTER.total_seconds() - workers.newest_age
    return left + _A_MOMENT if left > 0 else None
