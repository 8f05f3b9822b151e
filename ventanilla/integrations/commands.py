"""Dashboard apps: added, changed, taken away."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ventanilla.accounts.actors import actor_of
from ventanilla.accounts.commands.users import clean_name
from ventanilla.accounts.models import Account, User
from ventanilla.events.log import record
from ventanilla.integrations.events import DashboardAppCreated, DashboardAppDeleted, DashboardAppUpdated
from ventanilla.integrations.models import DashboardApp
from ventanilla.integrations.selectors import dashboard_apps_of
from ventanilla.kit import limits
from ventanilla.kit.changes import assign, lock
from ventanilla.kit.errors import Invalid

MAX_APPS = 100  # per account: each is a tab
_MAX_FRAMES = 20


def _clean_content(content: Any) -> list[dict[str, str]]:
    """The frames by what they need and nothing else. Raises Invalid."""
    frames = content if isinstance(content, list) else []
    if not frames or len(frames) > _MAX_FRAMES:
        raise Invalid(fields={"content": [_("Add between one and twenty pages.")]})
    return [{"type": "frame", "url": _clean_url(frame)} for frame in frames]


def _clean_url(frame: Any) -> str:
    if not isinstance(frame, dict) or frame.get("type", "frame") != "frame":
        raise Invalid(fields={"content": [_("The type of a page must be frame.")]})
    url = frame.get("url")
    # Anything but http(s), such as javascript:, would run in the desk itself.
    if not isinstance(url, str) or not limits.is_web_url(url.strip()):
        raise Invalid(fields={"content": [_("Enter an address that starts with http:// or https://.")]})
    return url.strip()


@transaction.atomic
def create_dashboard_app(account: Account, *, title: str, content: Any, by: User) -> DashboardApp:
    """Add an app. Raises Invalid, also past a hundred. Records dashboard_app.created."""
    values = {"title": clean_name(title, field="title"), "content": _clean_content(content)}
    Account.objects.select_for_update().only("pk").get(pk=account.pk)  # two at once count one after the other
    if dashboard_apps_of(account).count() >= MAX_APPS:
        raise Invalid(_("An account can have up to a hundred dashboard apps."))
    app = DashboardApp.objects.create(account=account, user=by, **values)
    record(DashboardAppCreated(account_id=account.pk, dashboard_app_id=app.pk), actor=actor_of(by))
    return app


@transaction.atomic
def update_dashboard_app(
    app: DashboardApp, *, by: User, title: str | None = None, content: Any = None
) -> DashboardApp:
    """Change what is given. Raises Invalid. Records dashboard_app.updated."""
    lock(app)
    values: dict[str, Any] = {}
    if title is not None:
        values["title"] = clean_name(title, field="title")
    if content is not None:
        values["content"] = _clean_content(content)
    changes = assign(app, values)
    if changes:
        app.save(update_fields=[*changes, "updated_at"])
        fact = DashboardAppUpdated(account_id=app.account_id, dashboard_app_id=app.pk, changes=changes)
        record(fact, actor=actor_of(by))
    return app


@transaction.atomic
def delete_dashboard_app(app: DashboardApp, *, by: User) -> None:
    """Take it away. Records dashboard_app.deleted."""
    fact = DashboardAppDeleted(account_id=app.account_id, dashboard_app_id=app.pk)
    app.delete()
    record(fact, actor=actor_of(by))
