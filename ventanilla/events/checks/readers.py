"""Who reads the log, and how far each trails."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ventanilla.events.checks.wording import part_of
from ventanilla.events.consumer import Consumer, Lag
from ventanilla.events.lags import lags
from ventanilla.kit.health import Check, Figure, Found, State, Unit, Words, state_of_waiting, worst

_FAILED = ngettext_lazy(
    "It failed %(count)s time and tries again.", "It failed %(count)s times and tries again.", "count"
)


@lru_cache(maxsize=1)
def _consumers() -> list[Consumer]:
    return [import_string(path)() for path in settings.CONSUMERS]


class Readers(Check):
    """One line for all that keep up, and one for each that does not."""

    name = "readers"
    title = _("Background updates")
    place = 30
    group = "queues"
    metrics = {
        "reader_waiting": "Events a consumer has still to handle.",
        "reader_seconds": "Age of the oldest event a consumer has still to handle.",
        "reader_failures": "Failed tries at the event a consumer is stuck at.",
        "reader_set_aside": "Events a consumer gave up.",
    }

    def look(self, account_id: int | None) -> Sequence[Found]:
        every = lags(_consumers())
        late = [one for one in every if _state(one) is not State.WELL]
        figures = tuple(figure for one in every for figure in _figures(one))
        if not late:
            says, code = Words(_("Up to date")), "readers_well"
        else:
            says = Words(
                ngettext_lazy("%(late)s of %(all)s is behind", "%(late)s of %(all)s are behind", "late"),
                late=len(late),
                all=len(every),
            )
            code = "readers_late"
        # The single ones tell how bad it is; counted twice it would be told twice.
        whole = State.LOOK if late else State.WELL
        summary = Found(state=whole, name=Words(self.title), says=says, code=code, figures=figures)
        return [summary, *(_found(one) for one in late)]


def _state(lag: Lag) -> State:
    return worst([state_of_waiting(lag.seconds), State.LOOK if lag.failures else State.WELL])


def _figures(lag: Lag) -> list[Figure]:
    labels = (("consumer", lag.consumer),)
    return [
        Figure("reader_waiting", lag.events, labels=labels),
        Figure("reader_seconds", lag.seconds, Unit.SECONDS, labels),
        Figure("reader_failures", lag.failures, labels=labels),
        Figure("reader_set_aside", lag.set_aside, labels=labels),
    ]


def _found(lag: Lag) -> Found:
    return Found(
        state=_state(lag),
        name=part_of(lag.consumer),
        says=Words(
            ngettext_lazy("%(count)s change waits", "%(count)s changes wait", "count"), count=lag.events
        ),
        code="reader_late",
        key=lag.consumer,
        hint=Words(_FAILED, count=lag.failures) if lag.failures else None,
        figures=(Figure("waiting", lag.events), Figure("oldest", lag.seconds, Unit.SECONDS)),
        about={"consumer": lag.consumer},
    )
