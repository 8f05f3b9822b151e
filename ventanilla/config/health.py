"""How the installation is doing: GET /health for load balancers, GET /metrics for Prometheus, and the same facts for people.

Figures come from the database, so every process tells the same, whichever one is asked.
"""

from __future__ import annotations

import ipaddress
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Count, Min, Sum
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ventanilla import __version__
from ventanilla.config import heart
from ventanilla.config.consumers import make_consumers
from ventanilla.config.last_backup import last_backup
from ventanilla.conversations.models import Attachment, Conversation, Status
from ventanilla.delivery.models import Incoming, Outgoing
from ventanilla.events.consumer import lag_of
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import rate_limits
from ventanilla.kit.clock import now
from ventanilla.kit.faults import Fault, fault_of
from ventanilla.kit.tokens import same


class Reader(msgspec.Struct, frozen=True):
    """One consumer of the log: events it has still to handle, the oldest's age, failed tries, events given up."""

    name: str
    waiting: int
    seconds: float
    failures: int
    set_aside: int


class Queue(msgspec.Struct, frozen=True):
    """A tray: rows by state, and the age of the oldest that still waits."""

    by_state: dict[str, int]
    oldest_seconds: float


class TroubledInbox(msgspec.Struct, frozen=True):
    """An inbox whose channel fails."""

    id: int
    account_id: int
    name: str
    reason: str
    since: datetime | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the health page shows. Sizes are bytes, ages seconds."""

    version: str
    database: str
    workers: int
    silent: list[str]
    readers: list[Reader]
    in_tray: Queue
    out_tray: Queue
    oldest_unanswered_seconds: float
    troubled_inboxes: list[TroubledInbox]
    database_bytes: int
    files_bytes: int
    disk_free_bytes: int
    last_backup_at: datetime | None
    last_backup_bytes: int


def report() -> Report:
    """Look at everything once."""
    backup = last_backup()
    workers = heart.alive("worker")
    return Report(
        version=__version__,
        database=connection.vendor,
        workers=workers.beating,
        silent=[str(one) for one in (*workers.silent, *heart.alive("web").silent)],
        readers=_readers(),
        in_tray=_queue(Incoming, waiting=[Incoming.State.RECEIVED], since="received_at"),
        out_tray=_queue(
            Outgoing, waiting=[Outgoing.State.QUEUED, Outgoing.State.SENDING], since="created_at"
        ),
        oldest_unanswered_seconds=_age(
            Conversation.objects.filter(status=Status.OPEN).aggregate(at=Min("waiting_since"))["at"]
        ),
        troubled_inboxes=_troubled_inboxes(),
        database_bytes=_database_bytes(),
        files_bytes=Attachment.objects.aggregate(total=Sum("size"))["total"] or 0,
        disk_free_bytes=shutil.disk_usage(settings.DATA).free,
        last_backup_at=backup.made_at if backup else None,
        last_backup_bytes=backup.bytes if backup else 0,
    )


def _readers() -> list[Reader]:
    lags = [lag_of(consumer) for consumer in make_consumers()]
    return [Reader(lag.consumer, lag.events, lag.seconds, lag.failures, lag.set_aside) for lag in lags]


def _queue(model: type[Incoming] | type[Outgoing], *, waiting: list[str], since: str) -> Queue:
    counts = dict(model._default_manager.values_list("state").annotate(count=Count("id")))
    oldest = model._default_manager.filter(state__in=waiting).aggregate(at=Min(since))["at"]
    return Queue({state: counts.get(state, 0) for state in model.State.values}, _age(oldest))


def _troubled_inboxes() -> list[TroubledInbox]:
    rows = Inbox.objects.filter(deleted_at__isnull=True).exclude(failure_reason="").order_by("id")[:200]
    return [
        TroubledInbox(row.pk, row.account_id, row.name, row.failure_reason, row.failing_since) for row in rows
    ]


def _database_bytes() -> int:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    main = Path(settings.DATABASES["default"]["NAME"])
    files = (main, main.with_name(main.name + "-wal"))
    return sum(path.stat().st_size for path in files if path.exists())


def _age(moment: datetime | None) -> float:
    return max(0.0, (now() - moment).total_seconds()) if moment else 0.0


class InstallationCollector:
    """Gives Prometheus the report's figures whenever it asks."""

    def describe(self) -> list[Metric]:
        """Nothing beforehand: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One family per figure."""
        found = report()
        for name, help_text, value in (
            (
                "oldest_unanswered_seconds",
                "How long the customer who waits longest has waited.",
                found.oldest_unanswered_seconds,
            ),
            ("database_bytes", "Size of the database.", found.database_bytes),
            ("files_bytes", "Size of all attachments.", found.files_bytes),
            ("disk_free_bytes", "Free space where the data folder is.", found.disk_free_bytes),
            ("last_backup_age_seconds", "Age of the newest backup; -1 is none.", _backup_age(found)),
            ("troubled_inboxes", "Inboxes whose channel fails.", len(found.troubled_inboxes)),
            ("workers", "Worker processes that work.", found.workers),
            ("silent_processes", "Processes that should work and give no sign.", len(found.silent)),
        ):
            yield GaugeMetricFamily(f"ventanilla_{name}", help_text, value=value)
        for tray, queue in (("in", found.in_tray), ("out", found.out_tray)):
            yield from _tray_families(tray, queue)
        yield from _reader_families(found.readers)
        yield _crossings_family()


def _backup_age(found: Report) -> float:
    return _age(found.last_backup_at) if found.last_backup_at else -1.0


def _tray_families(tray: str, queue: Queue) -> Iterator[Metric]:
    rows = GaugeMetricFamily(
        f"ventanilla_{tray}_tray_rows", f"Rows of the {tray}-tray by state.", labels=["state"]
    )
    for state, count in queue.by_state.items():
        rows.add_metric([state], count)
    yield rows
    name = f"ventanilla_{tray}_tray_oldest_seconds"
    yield GaugeMetricFamily(
        name, f"Age of the oldest waiting row of the {tray}-tray.", value=queue.oldest_seconds
    )


def _reader_families(readers: list[Reader]) -> Iterator[Metric]:
    for name, help_text in (
        ("waiting", "Events a consumer has still to handle."),
        ("seconds", "Age of the oldest event a consumer has still to handle."),
        ("failures", "Failed tries at the event a consumer is stuck at."),
        ("set_aside", "Events a consumer gave up."),
    ):
        family = GaugeMetricFamily(f"ventanilla_reader_{name}", help_text, labels=["consumer"])
        for reader in readers:
            family.add_metric([reader.name], getattr(reader, name))
        yield family


def _crossings_family() -> Metric:
    family = CounterMetricFamily(
        "ventanilla_limit_crossings", "Callers refused by a limit, once each in its window.", labels=["limit"]
    )
    for name, count in sorted(rate_limits.crossings().items()):
        family.add_metric([name], count)
    return family


WORKER_SILENT = "worker_silent"


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while this installation works: it can write and a worker works. Else 503, with the fact as `status`.

    `?details` adds the report for who may see it. One silent worker beside others that work is "degraded", with 200.
    """
    status = _status()
    body: dict[str, Any] = {"status": status, "version": __version__}
    is_well = status in {"ok", "degraded"}
    if is_well and "details" in request.GET and _may_look_inside(request):
        body = {"status": status, **msgspec.to_builtins(report())}
    response = HttpResponse(
        msgspec.json.encode(body), content_type="application/json", status=200 if is_well else 503
    )
    if not is_well:
        response["Retry-After"] = "5"
    return response


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers at all: for what restarts processes, not for what watches the installation."""
    return HttpResponse(b'{"status":"ok"}', content_type="application/json")


def _status() -> str:
    fault = heart.own().fault()
    if fault is not None:
        return fault.value
    try:
        workers = heart.alive("worker")
    except DatabaseError as error:
        connection.close()
        return (fault_of(error) or Fault.DATABASE_AWAY).value
    if workers.missing:
        return WORKER_SILENT
    return "degraded" if workers.silent else "ok"


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures in Prometheus' text form, for the bearer of VENTANILLA_METRICS_TOKEN or, without one, this machine."""
    if not _may_look_inside(request):
        return HttpResponse("Not for you.\n", content_type="text/plain", status=401)
    return HttpResponse(generate_latest(REGISTRY), content_type=CONTENT_TYPE_LATEST)


def _may_look_inside(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        return same(request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}")
    # A proxy on this machine stands for the whole world, so its requests do not count as local.
    if "X-Forwarded-For" in request.headers or "Forwarded" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


REGISTRY.register(InstallationCollector())
