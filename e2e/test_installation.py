"""The installation itself: it starts, stops, survives, and is met for the first time."""

from __future__ import annotations

import json
import time
from pathlib import Path

import httpx
import pytest

from e2e.product import PASSWORD, Product


@pytest.mark.feature("Z-28")
def test_health_and_metrics_tell_how_it_is_doing(product: Product) -> None:
    health = httpx.get(f"{product.url}/health").json()
    details = httpx.get(f"{product.url}/health?details").json()
    metrics = httpx.get(f"{product.url}/metrics").text
    assert health["status"] == "ok"
    assert {"processes", "readers", "trays", "channels", "unanswered", "storage", "backup"} <= {
        check["name"] for check in details["checks"]
    }
    assert "ventanilla_reader_seconds" in metrics
    assert 'ventanilla_in_tray_rows{state="quarantined"}' in metrics


def test_metrics_are_for_this_machine_or_the_bearer_of_the_token(product: Product) -> None:
    through_proxy = httpx.get(f"{product.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert through_proxy.status_code == 401


def test_processes_that_are_killed_start_again_by_themselves(own_product: Product) -> None:
    before = own_product.children("web") + own_product.children("worker")
    for name in ("web", "worker"):
        own_product.kill(name)
    end = time.monotonic() + 20
    while time.monotonic() < end and len(own_product.children("web") + own_product.children("worker")) < 2:
        time.sleep(0.1)
    own_product.wait_until_it_answers()
    after = own_product.children("web") + own_product.children("worker")
    assert len(after) == 2
    assert not set(before) & set(after)


def test_a_stop_is_graceful_and_leaves_nothing_running(own_product: Product) -> None:
    pids = own_product.children("web") + own_product.children("worker")
    assert own_product.stop() == 0
    assert not [pid for pid in pids if _lives(pid)]


def test_the_processes_end_when_their_supervisor_is_killed(own_product: Product) -> None:
    pids = own_product.children("web") + own_product.children("worker")
    assert own_product.process
    own_product.process.kill()
    end = time.monotonic() + 15
    while time.monotonic() < end and any(_lives(pid) for pid in pids):
        time.sleep(0.1)
    assert not [pid for pid in pids if _lives(pid)]


def test_a_second_server_on_the_same_data_is_refused(own_product: Product) -> None:
    second = Product(own_product.data)
    with pytest.raises(RuntimeError, match="already_running"):
        second.start()


@pytest.mark.feature("X-01")
def test_the_token_of_createuser_opens_the_api(own_product: Product) -> None:
    person = own_product.add_person("Acme", name="Ana", email="ana@acme.example", role="administrator")
    with own_product.api(person) as api:
        profile = api.get(f"{own_product.url}/api/v1/profile").json()
    assert profile["email"] == "ana@acme.example"
    assert profile["access_token"] == person.token


def test_all_that_is_started_together_stays_below_200_mb(own_product: Product) -> None:
    own_product.add_person("Acme", name="Ana", email="ana@acme.example", role="administrator")
    httpx.get(f"{own_product.url}/app/")
    assert own_product.process
    pids = [own_product.process.pid, *own_product.children("web"), *own_product.children("worker")]
    used = {pid: _pss_kb(pid) for pid in pids}
    assert sum(used.values()) < 200 * 1024, json.dumps(used)


def _pss_kb(pid: int) -> int:
    """Proportional memory: pages that several processes share count once altogether."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_backup_while_it_runs_and_restore_beside_it(own_product: Product, tmp_path: Path) -> None:
    own_product.add_person("Acme", name="Ana", email="ana@acme.example", role="administrator")
    own_product.command("backup", str(tmp_path / "copy.tar"))
    other = Product(tmp_path / "other")
    other.command("restore", str(tmp_path / "copy.tar"))
    other.start()
    try:
        signed_in = httpx.post(
            f"{other.url}/auth/sign_in", json={"email": "ana@acme.example", "password": PASSWORD}
        )
        assert signed_in.status_code == 200
    finally:
        other.stop()
