"""The one API object: every router, its prefix, and the OpenAPI document at /api/openapi.json (read at /api/docs)."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ninja import NinjaAPI, Redoc, Router
from ninja.constants import NOT_SET
from ninja.signature import ViewSignature

from ventanilla import __version__
from ventanilla.api import errors
from ventanilla.api.auth import account_auth, platform_auth, user_auth
from ventanilla.api.given import QueryParser
from ventanilla.api.widget.access import visitor_auth

# prefix, module with a `router`, who may call unless the endpoint says otherwise (None: anyone).
APPLICATION = "/api/v1/accounts/{int:account_id}"
ROUTERS: list[tuple[str, str, Any]] = [
    # Addresses are tried one after another, so the ones asked for most come first.
    (
        f"{APPLICATION}/conversations/{{int:conversation_id}}/messages",
        "ventanilla.api.application.messages",
        account_auth,
    ),
    (f"{APPLICATION}/conversations", "ventanilla.api.application.conversations", account_auth),
    (f"{APPLICATION}/conversations", "ventanilla.api.application.conversation_state", account_auth),
    (f"{APPLICATION}/conversations", "ventanilla.api.application.conversation_details", account_auth),
    ("/auth", "ventanilla.api.application.auth_routes", None),
    ("", "ventanilla.api.application.sign_up", None),
    ("/api/desk", "ventanilla.api.desk.session", None),
    ("/api/desk", "ventanilla.api.desk.invitations", None),
    ("/api/v1/profile", "ventanilla.api.application.profile", user_auth),
    (APPLICATION, "ventanilla.api.application.account", account_auth),
    (f"{APPLICATION}/agents", "ventanilla.api.application.agents", account_auth),
    (f"{APPLICATION}/teams", "ventanilla.api.application.teams", account_auth),
    (f"{APPLICATION}/labels", "ventanilla.api.application.labels", account_auth),
    (
        f"{APPLICATION}/custom_attribute_definitions",
        "ventanilla.api.application.custom_attributes",
        account_auth,
    ),
    (f"{APPLICATION}/custom_filters", "ventanilla.api.application.custom_filters", account_auth),
    (APPLICATION, "ventanilla.api.application.inboxes", account_auth),
    (APPLICATION, "ventanilla.api.application.mail_sign_in", account_auth),
    (APPLICATION, "ventanilla.api.application.contacts", account_auth),
    (APPLICATION, "ventanilla.api.application.contact_notes", account_auth),
    (
        f"{APPLICATION}/conversations/{{int:conversation_id}}/participants",
        "ventanilla.api.application.participants",
        account_auth,
    ),
    (f"{APPLICATION}/contacts", "ventanilla.api.application.contact_conversations", account_auth),
    (f"{APPLICATION}/canned_responses", "ventanilla.api.application.canned_responses", account_auth),
    (f"{APPLICATION}/dashboard_apps", "ventanilla.api.application.dashboard_apps", account_auth),
    (f"{APPLICATION}/bulk_actions", "ventanilla.api.application.bulk_actions", account_auth),
    (f"{APPLICATION}/search", "ventanilla.api.application.search", account_auth),
    (
        f"{APPLICATION}/csat_survey_responses",
        "ventanilla.api.application.csat_survey_responses",
        account_auth,
    ),
    (f"{APPLICATION}/macros", "ventanilla.api.application.macros", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.opening", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.drafts", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.scheduled", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.delivery", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.counts", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.selection", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.merging", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.claims", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.warnings", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.incoming", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.mailbox", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.mail", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.sender_domain", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.mail_setup", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.installation", account_auth),
    ("/api/desk/accounts/{int:account_id}", "ventanilla.api.desk.agent_access", account_auth),
    (APPLICATION, "ventanilla.api.application.notifications", account_auth),
    ("/api/v1", "ventanilla.api.application.push_subscriptions", user_auth),
    (APPLICATION, "ventanilla.api.uploads.account", account_auth),
    ("", "ventanilla.api.uploads.generic", user_auth),
    ("/api/v1/widget", "ventanilla.api.widget.config", visitor_auth),
    ("/api/v1/widget", "ventanilla.api.widget.contact", visitor_auth),
    ("/api/v1/widget", "ventanilla.api.widget.conversations", visitor_auth),
    ("/api/v1/widget", "ventanilla.api.widget.home", visitor_auth),
    ("/api/v1/widget", "ventanilla.api.widget.messages", visitor_auth),
    ("/public/api/v1", "ventanilla.api.public.contacts", None),
    ("/public/api/v1", "ventanilla.api.public.conversations", None),
    ("/public/api/v1", "ventanilla.api.public.csat_survey", None),
    ("/platform/api/v1", "ventanilla.api.platform.accounts", platform_auth),
    ("/platform/api/v1", "ventanilla.api.platform.users", platform_auth),
]


def build() -> NinjaAPI:
    """Make the API with all routers."""
    made = NinjaAPI(
        title="Ventanilla",
        version=__version__,
        description="PUT is accepted wherever PATCH is listed; fields may be wrapped in the resource's name.",
        docs=Redoc(),
        docs_url="/api/docs",
        openapi_url="/api/openapi.json",
        urls_namespace="api",
        parser=QueryParser(),
    )
    errors.install(made)
    for prefix, module, auth in ROUTERS:
        router = import_module(module).router
        _know_prefix(router, prefix)
        made.add_router(prefix, router, auth=auth or NOT_SET)
    return made


def _know_prefix(router: Router, prefix: str) -> None:
    """Ninja looks for path parameters in an endpoint's own path only; those of the prefix (account_id) are added here."""
    if "{" not in prefix:
        return
    for path, view in router.path_operations.items():
        for operation in view.operations:
            operation.signature = ViewSignature(prefix + path, operation.view_func)
            operation.models = operation.signature.models


__all__ = ["account_auth", "build", "platform_auth", "user_auth"]
