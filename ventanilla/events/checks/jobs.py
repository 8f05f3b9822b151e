"""Work by the clock: which of it fails."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from ventanilla.events.models import TimedJob
from ventanilla.kit.health import Check, Figure, Found, State, Words

_MANY = 3  # failures in a row; one passes


class Jobs(Check):
    """One line; the names of those that fail are its hint."""

    name = "jobs"
    title = _("Scheduled tasks")
    place = 45
    group = "queues"
    metrics = {"failing_jobs": "Timed jobs whose last run failed."}

    def look(self, account_id: int | None) -> Sequence[Found]:
        failing = list(
            TimedJob.objects.filter(failures__gt=0).order_by("name").values_list("name", "failures")
        )
        figures = (Figure("failing_jobs", len(failing)),)
        if not failing:
            return [
                Found(
                    state=State.WELL, name=Words(self.title), says=Words(_("On time")), code="jobs_well",
                    figures=figures,
                )
            ]  # fmt: skip
        return [
            Found(
                state=State.ILL if any(failures >= _MANY for _name, failures in failing) else State.LOOK,
                name=Words(self.title),
                says=Words(
                    ngettext_lazy("%(count)s task fails", "%(count)s tasks fail", "count"), count=len(failing)
                ),
                code="jobs_failing",
                hint=Words("%(names)s", names=", ".join(name for name, _failures in failing)),
                figures=figures,
            )
        ]
