"""`ana` and `bruno` are agents at `acme`, `admin` its administrator, `vera` its analyst, `carla` a contact.
`globex` is the other account, with `gus`, its administrator: no one of one may touch anything of the other.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ventanilla.accounts.commands.accounts import create_account, set_active_account
from ventanilla.accounts.commands.users import add_member, create_user
from ventanilla.accounts.models import AccessToken, Account, Membership, Presence, Role, User
from ventanilla.config import consumers
from ventanilla.contacts.commands.contacts import create_contact
from ventanilla.contacts.models import Contact
from ventanilla.events.consumer import drain_log as drain
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import add_inbox_members
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now

PASSWORD = "Secreto-1"  # noqa: S105 — the whole cast's


def make_user(account: Account, email: str, *, name: str, role: str = Role.AGENT) -> User:
    """A confirmed user in the account who can sign in with PASSWORD."""
    user = create_user(email, name=name, password=PASSWORD, confirmed=True, by=None)
    add_member(account, user=user, role=role, by=None)
    set_active_account(user, account_id=account.pk)
    return user


def set_present(account: Account, *users: User | Contact, seconds_ago: int = 0) -> None:
    """Make these people connected now, or when they last were."""
    for who in users:
        kind = Presence.Kind.USER if isinstance(who, User) else Presence.Kind.CONTACT
        Presence.objects.update_or_create(
            account=account,
            kind=kind,
            ref_id=who.pk,
            defaults={"last_seen_at": now() - timedelta(seconds=seconds_ago)},
        )


@pytest.fixture
def acme(db: None) -> Account:
    return create_account("Acme", locale="en", by=None)


@pytest.fixture
def globex(db: None) -> Account:
    return create_account("Globex", locale="en", by=None)


@pytest.fixture
def admin(acme: Account) -> User:
    return make_user(acme, "admin@acme.example", name="Adela Admin", role=Role.ADMINISTRATOR)


@pytest.fixture
def ana(acme: Account) -> User:
    return make_user(acme, "ana@acme.example", name="Ana Agente")


@pytest.fixture
def bruno(acme: Account) -> User:
    return make_user(acme, "bruno@acme.example", name="Bruno Bravo")


@pytest.fixture
def vera(acme: Account) -> User:
    return make_user(acme, "vera@acme.example", name="Vera Vista", role=Role.ANALYST)


@pytest.fixture
def gus(globex: Account) -> User:
    return make_user(globex, "gus@globex.example", name="Gus Globex", role=Role.ADMINISTRATOR)


@pytest.fixture
def carla(acme: Account) -> Contact:
    return create_contact(
        acme, name="Carla Cliente", email="carla@example.com", phone_number="+56912345678", by=None
    )


@pytest.fixture
def web_inbox(acme: Account, ana: User, bruno: User) -> Inbox:
    """A website inbox with both agents as members."""
    inbox = create_inbox(
        acme,
        name="Acme web",
        channel={"type": "web_widget", "website_url": "https://acme.example", "widget_color": "#0b5c66"},
        by=None,
    )
    add_inbox_members(inbox, user_ids=[ana.pk, bruno.pk], by=None)
    return inbox


@pytest.fixture
def api_inbox(acme: Account, ana: User) -> Inbox:
    """An API inbox with ana as its only member."""
    inbox = create_inbox(acme, name="Acme API", channel={"type": "api"}, by=None)
    add_inbox_members(inbox, user_ids=[ana.pk], by=None)
    return inbox


@pytest.fixture
def drain_log(db: None) -> Callable[[], int]:
    """Run every consumer of the product until the log is read."""
    return lambda: drain(consumers.make_consumers())


class ApiClient:
    """Calls the API as a user, with their access token, or as no one. Bodies are JSON unless `form` is given."""

    def __init__(self, user: User | None = None, *, headers: dict[str, str] | None = None) -> None:
        self._client = Client()
        self._headers = dict(headers or {})
        if user is not None:
            self._headers["api_access_token"] = AccessToken.objects.get(user=user).sealed

    def call(self, method: str, path: str, body: Any = None, *, form: dict[str, Any] | None = None) -> Any:
        """The response as Django's test client gives it."""
        if form is not None:
            return self._client.post(path, form, headers=self._headers)
        data = msgspec.json.encode(body) if body is not None else b""
        return self._client.generic(
            method, path, data, content_type="application/json", headers=self._headers
        )

    def get(self, path: str) -> Any:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None, *, form: dict[str, Any] | None = None) -> Any:
        return self.call("POST", path, body, form=form)

    def patch(self, path: str, body: Any = None) -> Any:
        return self.call("PATCH", path, body)

    def put(self, path: str, body: Any = None) -> Any:
        return self.call("PUT", path, body)

    def delete(self, path: str, body: Any = None) -> Any:
        return self.call("DELETE", path, body)


@pytest.fixture
def count_queries(db: None) -> Callable[[Callable[[], object]], int]:
    """How many statements a piece of work takes: compare it for one row and for many."""

    def count(work: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            work()
        return len(queries)

    return count


@pytest.fixture
def api() -> Callable[..., ApiClient]:
    """`api(ana)` calls as ana, `api()` as no one."""
    return ApiClient


def in_account(account: Account, path: str) -> str:
    """`/api/v1/accounts/{id}/…` of that path."""
    return f"/api/v1/accounts/{account.pk}/{path}"


def membership(account: Account, user: User) -> Membership:
    """The user as a member, both loaded."""
    return Membership.objects.select_related("account", "user").get(account=account, user=user)
