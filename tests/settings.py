"""The settings that tests run under: the product's own, in a data folder of the run's own.

`VENTANILLA_DATABASE_URL` chooses the database, as in production. Empty: SQLite. On PostgreSQL run one worker for
each server: readers of the log wait for the oldest transaction of the whole server, and each test is one.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

# Each test process has its own folder, so that parallel workers never share a database file or a mailbox.
_folder = tempfile.mkdtemp(prefix="ventanilla-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["VENTANILLA_DATA"] = _folder
os.environ.setdefault("VENTANILLA_SECRET_KEY", "only-for-tests-and-never-anywhere-else")
os.environ.setdefault("VENTANILLA_LOG_LEVEL", "warning")
os.environ.setdefault("VENTANILLA_RATE_LIMITS", "off")
os.environ.setdefault("VENTANILLA_LEAKED_PASSWORDS", "off")  # nothing of a test goes out
# Where Django's test client comes in. A test about an installation without an address takes it away.
os.environ.setdefault("VENTANILLA_BASE_URL", "http://testserver")
os.environ.setdefault("VENTANILLA_ALLOWED_HOSTS", "testserver")

# scripts/test gives each worker a PostgreSQL server of its own.
if _servers := os.environ.get("VENTANILLA_TEST_DATABASE_URLS", "").split():
    _worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    os.environ["VENTANILLA_DATABASE_URL"] = _servers[_worker % len(_servers)]

import structlog  # noqa: E402

from ventanilla.config.settings import *  # noqa: E402, F403

# Some test tools bring rich along, and with it the log would paint each traceback in colours with all its variables.
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # Argon2 is slow on purpose
