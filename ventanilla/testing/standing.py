"""The cast for tests that walk over every route: it stands for a whole module, and each test's changes are taken back.

    from ventanilla.testing.standing import *  # noqa: F403 - these fixtures instead of the usual ones

Hundreds of tests that each ask one question spend nine tenths of their time on making the same people and things.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from ventanilla.accounts.commands.accounts import create_account
from ventanilla.accounts.models import Account, Role, User
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.models import Contact
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.inboxes.models import Inbox
from ventanilla.testing.cast import make_user
from ventanilla.testing.strangers import Scene, samples

__all__ = [
    "acme",
    "admin",
    "ana",
    "api_inbox",
    "bruno",
    "carla",
    "globex",
    "gus",
    "standing",
    "things",
    "vera",
    "web_inbox",
]


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """Everyone and everything by name, in a transaction around those of the tests."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _made()
        transaction.set_rollback(True)


def _made() -> dict[str, Any]:
    acme, globex = (create_account(name, locale="en", by=None) for name in ("Acme", "Globex"))
    admin = make_user(acme, "admin@acme.example", name="Adela Admin", role=Role.ADMINISTRATOR)
    ana = make_user(acme, "ana@acme.example", name="Ana Agente")
    bruno = make_user(acme, "bruno@acme.example", name="Bruno Bravo")
    vera = make_user(acme, "vera@acme.example", name="Vera Vista", role=Role.ANALYST)
    gus = make_user(globex, "gus@globex.example", name="Gus Globex", role=Role.ADMINISTRATOR)
    carla = create_contact(
        acme, name="Carla Cliente", email="carla@example.com", phone_number="+56912345678", by=None
    )
    website = {"type": "web_widget", "website_url": "https://acme.example", "widget_color": "#0b5c66"}
    web_inbox = create_inbox(acme, name="Acme web", channel=website, by=None)
    add_inbox_members(web_inbox, user_ids=[ana.pk, bruno.pk], by=None)
    api_inbox = create_inbox(acme, name="Acme API", channel={"type": "api"}, by=None)
    add_inbox_members(api_inbox, user_ids=[ana.pk], by=None)
    things: dict[str, Any] = {}
    scene = Scene(acme, admin, ana, bruno, carla, web_inbox, things)
    for sample in samples():
        things.update(sample.lay_out(scene))
    return {
        "acme": acme, "globex": globex, "admin": admin, "ana": ana, "bruno": bruno, "vera": vera, "gus": gus,
        "carla": carla, "web_inbox": web_inbox, "api_inbox": api_inbox, "things": things,
    }  # fmt: skip


@pytest.fixture
def things(standing: dict[str, Any], db: None) -> dict[str, Any]:
    """One of each thing of acme, as path parameters."""
    return dict(standing["things"])


@pytest.fixture
def acme(standing: dict[str, Any], db: None) -> Account:
    return _own(standing["acme"])  # type: ignore[no-any-return]


@pytest.fixture
def globex(standing: dict[str, Any], db: None) -> Account:
    return _own(standing["globex"])  # type: ignore[no-any-return]


@pytest.fixture
def admin(standing: dict[str, Any], db: None) -> User:
    return _own(standing["admin"])  # type: ignore[no-any-return]


@pytest.fixture
def ana(standing: dict[str, Any], db: None) -> User:
    return _own(standing["ana"])  # type: ignore[no-any-return]


@pytest.fixture
def bruno(standing: dict[str, Any], db: None) -> User:
    return _own(standing["bruno"])  # type: ignore[no-any-return]


@pytest.fixture
def vera(standing: dict[str, Any], db: None) -> User:
    return _own(standing["vera"])  # type: ignore[no-any-return]


@pytest.fixture
def gus(standing: dict[str, Any], db: None) -> User:
    return _own(standing["gus"])  # type: ignore[no-any-return]


@pytest.fixture
def carla(standing: dict[str, Any], db: None) -> Contact:
    return _own(standing["carla"])  # type: ignore[no-any-return]


@pytest.fixture
def web_inbox(standing: dict[str, Any], db: None) -> Inbox:
    return _own(standing["web_inbox"])  # type: ignore[no-any-return]


@pytest.fixture
def api_inbox(standing: dict[str, Any], db: None) -> Inbox:
    return _own(standing["api_inbox"])  # type: ignore[no-any-return]


def _own(row: Any) -> Any:
    """An instance of the test's own, as a fresh one would be: what a test puts on it is not there for the next."""
    return copy.copy(row)
