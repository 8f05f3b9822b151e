"""Questions about dashboard apps."""

from __future__ import annotations

from django.db.models import QuerySet

from ventanilla.accounts.models import Account
from ventanilla.integrations.models import DashboardApp
from ventanilla.kit.errors import NotFound


def dashboard_apps_of(account: Account) -> QuerySet[DashboardApp]:
    """The account's apps, in the order they were added."""
    return DashboardApp.objects.filter(account=account).order_by("pk")


def get_dashboard_app(account: Account, *, app_id: int) -> DashboardApp:
    """One of the account's apps. Raises NotFound."""
    found = dashboard_apps_of(account).filter(pk=app_id).first()
    if found is None:
        raise NotFound
    return found
