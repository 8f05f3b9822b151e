"""Whoever holds up those who write holds up no one who reads; and who gets no turn is told to retry."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from django.conf import settings as installation
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

from ventanilla.accounts.models import AccessToken
from ventanilla.config import bridge as bridges
from ventanilla.config.bridge import Bridge
from ventanilla.kit import statements
from ventanilla.labels.models import Label
from ventanilla.realtime.tests.serving import serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.feature("Z-28")]


@contextmanager
def another_program_writes() -> Iterator[None]:
    """Hold SQLite's one write lock from outside."""
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.fixture
def server(acme, admin, monkeypatch) -> Iterator[httpx.Client]:
    # As a web process is; put back, for the other tests of this process are patient.
    monkeypatch.setattr(statements, "_patience", 0.5)
    monkeypatch.setattr(bridges, "BRISK_SECONDS", 0.5)
    monkeypatch.setitem(installation.DATABASES["default"]["OPTIONS"], "timeout", 0.5)
    made = Bridge(WSGIHandler(), threads=4)
    headers = {"api_access_token": AccessToken.objects.get(user=admin).sealed}
    with (
        serving(made) as port,
        httpx.Client(
            base_url=f"http://127.0.0.1:{port}/api/v1/accounts/{acme.pk}",
            headers=headers,
            timeout=30,
            trust_env=False,
        ) as client,
    ):
        client.get("/labels")
        yield client
    made.close()


@pytest.mark.sqlite
def test_reads_go_on_and_writes_are_told_to_come_back_while_another_program_writes(server):
    def write(number: int) -> httpx.Response:
        return server.post("/labels", json={"title": f"label{number}"}, headers={"Accept-Language": "es"})

    with another_program_writes(), ThreadPoolExecutor(12) as pool:
        writes = [pool.submit(write, number) for number in range(12)]
        time.sleep(0.2)
        waits = []
        for _ in range(6):
            began = time.monotonic()
            assert server.get("/labels").status_code == 200
            waits.append(time.monotonic() - began)
        answers = [one.result() for one in writes]

    assert min(waits) < 0.4
    assert {answer.status_code for answer in answers} == {503}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers)
    assert all(answer.json()["error"] for answer in answers)
    assert not Label.objects.exists()
    assert write(1).status_code == 200  # by itself, as soon as the other is done


@pytest.mark.sqlite
def test_a_thread_that_gets_no_turn_in_its_process_gives_up_too(monkeypatch):
    monkeypatch.setattr(statements, "_patience", 0.1)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with statements._turn:
            holding.set()
            done.wait(10)

    holder = threading.Thread(target=hold)
    holder.start()
    holding.wait(10)
    try:
        with pytest.raises(statements.NoTurn), statements.writing():
            pass
    finally:
        done.set()
        holder.join()
    with statements.writing():
        pass


def test_some_threads_are_kept_for_reading(settings):
    """Twelve slow writes at four threads: a read comes in between."""
    settings.ROOT_URLCONF = "ventanilla.config.tests.pages"
    settings.ALLOWED_HOSTS = ["*"]
    made = Bridge(WSGIHandler(), threads=4)
    with (
        serving(made) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client,
    ):
        client.get("/mirror")
        with ThreadPoolExecutor(12) as pool:
            writes = [pool.submit(client.post, "/slow") for _ in range(12)]
            time.sleep(0.1)
            client.get("/mirror")
            still_waiting = sum(not one.done() for one in writes)
            assert {one.result().status_code for one in writes} == {200}
    made.close()
    assert still_waiting >= 3
