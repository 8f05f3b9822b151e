"""Rows a CPU-second of an import of contacts, and how long its longest transaction held the lock.

    python -m bench.contact_import [--rows 100000]

A file of seven columns is detected, checked and imported in a folder that is deleted again (or the empty database of
VENTANILLA_DATABASE_URL), then imported a second time, which changes nothing. CPU is this process's own.
"""

from __future__ import annotations

import argparse
import io
import os
import random
import resource
import shutil
import tempfile
import time
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="bench-import-")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ventanilla.config.settings")
    os.environ["VENTANILLA_DATA"] = folder
    try:
        _measure(given.rows)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _file(rows: int) -> bytes:
    chance = random.Random(7)
    lines = ["Nombre;Apellidos;Correo;Celular;Empresa;Ciudad;Fecha alta"]
    for number in range(rows):
        mail = f"persona{number}@correo{number % 50}.cl" if number % 500 else "sin arroba"
        lines.append(
            f"Íñigo {number};Muñoz;{mail};9{chance.randrange(10**7, 10**8)};Empresa {number % 900};Ñuñoa;03/04/2023"
        )
    return "\r\n".join(lines).encode("cp1252")


def _measure(rows: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from ventanilla.accounts.commands.accounts import create_account
    from ventanilla.accounts.models import User

    account = create_account(name="Bench", by=None)
    account.timezone = "America/Santiago"
    account.save()
    user = User.objects.create(email="bench@example.com", name="Bench")
    content = _file(rows)
    print(f"{rows:,} rows, {len(content) / 1e6:.1f} MB")
    for turn in ("first", "again"):
        _one(account, user, content, turn)
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _one(account: Any, user: Any, content: bytes, turn: str) -> None:
    from ventanilla.contacts.commands.imports import begin_import, start_import
    from ventanilla.contacts.jobs.imports import work_on_imports

    began, wall = time.process_time(), time.perf_counter()
    job = begin_import(account, content=io.BytesIO(content), filename="clientes.csv", by=user)
    _said(
        f"{turn}: kept and detected ({job.options['encoding']}, {job.options['delimiter']})", began, wall, 0
    )
    for step in ("check", "import"):
        began, wall = time.process_time(), time.perf_counter()
        work_on_imports()
        job.refresh_from_db()
        _said(f"{turn}: {step}", began, wall, job.read)
        if step == "check":
            start_import(job, by=user)
    print(f"    {job.created} + {job.updated} + {job.unchanged} + {job.refused} = {job.read}")


def _said(what: str, began: float, wall: float, rows: int) -> None:
    cpu = time.process_time() - began
    rate = f", {rows / cpu:,.0f} rows a CPU-second" if rows else ""
    print(f"{what}: {cpu:.2f} s CPU, {time.perf_counter() - wall:.1f} s{rate}")


if __name__ == "__main__":
    main()
