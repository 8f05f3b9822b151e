"""The one API object: every router under its prefix, and the OpenAPI document at /api/openapi.json (read at /api/docs)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from ninja import NinjaAPI, Redoc
from ninja.constants import NOT_SET
from ninja.openapi.schema import OpenAPISchema

from ventanilla import __version__
from ventanilla.api import errors
from ventanilla.api.auth import account_auth, platform_auth, user_auth
from ventanilla.api.given import QueryParser
from ventanilla.api.late import LateOperation, Router
from ventanilla.api.widget.access import visitor_auth
from ventanilla.kit.rooms import Callers, Endpoints

AUTH: dict[Callers, Any] = {
    Callers.MEMBERS: account_auth,
    Callers.USERS: user_auth,
    Callers.VISITORS: visitor_auth,
    Callers.OPERATORS: platform_auth,
    Callers.ANYONE: NOT_SET,
}


class Described(NinjaAPI):
    """Whose document also says what no operation answers: the events of a socket."""

    more_schemas: Callable[[], dict[str, Any]] = dict

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Ninja's own, with these shapes beside those of the operations."""
        document = super().get_openapi_schema(**options)
        document["components"]["schemas"].update(self.more_schemas())
        return document


def build(endpoints: Iterable[Endpoints], more_schemas: Callable[[], dict[str, Any]] = dict) -> NinjaAPI:
    """Make the API of these; their addresses are tried in this order."""
    made = Described(
        title="Ventanilla",
        version=__version__,
        description="PUT is accepted wherever PATCH is listed; fields may be wrapped in the resource's name.",
        docs=Redoc(),
        docs_url="/api/docs",
        openapi_url="/api/openapi.json",
        urls_namespace="api",
        parser=QueryParser(),
    )
    made.more_schemas = more_schemas
    errors.install(made)
    for one in endpoints:
        router = import_module(one.module).router
        _know_prefix(router, one.prefix)
        made.add_router(one.prefix, router, auth=AUTH[one.callers])
    return made


def _know_prefix(router: Router, prefix: str) -> None:
    """Ninja looks for path parameters in an endpoint's own path only; those of the prefix (account_id) are added here."""
    for path, view in router.path_operations.items():
        for operation in view.operations:
            if not isinstance(operation, LateOperation):
                raise TypeError(f"{prefix}{path} stands in ninja's own router; it needs api.late's.")
            operation.whole_path = prefix + path
