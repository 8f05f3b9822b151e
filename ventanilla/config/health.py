"""How the installation is doing: GET /health for load balancers and GET /metrics for Prometheus.

What is told beyond that it works comes from the checks (ventanilla.health), as on the health page and in `doctor`. Figures
come from the database, so every process tells the same, whichever one is asked.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Any

import msgspec
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ventanilla import __version__
from ventanilla.config import heart
from ventanilla.health.looking import look
from ventanilla.health.rendering import Family, checks_json, families
from ventanilla.kit import rate_limits
from ventanilla.kit.faults import Fault, fault_of
from ventanilla.kit.tokens import same


class InstallationCollector:
    """Gives Prometheus the report's figures whenever it asks."""

    def describe(self) -> list[Metric]:
        """Nothing beforehand: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        """One family per figure."""
        for found in families(look()):
            yield _gauge(found)
        yield _crossings_family()


def _gauge(found: Family) -> Metric:
    names = [name for name, _value in next(iter(found.samples), ())]
    family = GaugeMetricFamily(f"ventanilla_{found.name}", found.help, labels=names)
    for labels, value in found.samples.items():
        family.add_metric([label for _name, label in labels], value)
    return family


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

    `?details` adds what the checks found for who may see it. One silent worker beside others that work is "degraded",
    with 200.
    """
    status = _status()
    body: dict[str, Any] = {"status": status, "version": __version__}
    is_well = status in {"ok", "degraded"}
    if is_well and "details" in request.GET and _may_look_inside(request):
        body |= {"database": connection.vendor, "checks": checks_json(look())}
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
