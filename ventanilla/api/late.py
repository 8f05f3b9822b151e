"""Routers whose endpoints are prepared when they are first asked for.

What ninja makes of an endpoint (classes that read its input and write its answer) costs milliseconds, and there are
hundreds of endpoints, of which a process that has just started needs none. A router of ours remembers what was declared;
the address stands from the start.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import ninja
from ninja.constants import NOT_SET
from ninja.operation import Operation, PathView

_one_at_a_time = threading.RLock()
# What ninja's constructor derives from the endpoint's declaration, at a price.
_DERIVED = frozenset(
    {"signature", "models", "response_models", "stream_format", "stream_item_model", "summary", "description"}
)


class LateOperation(Operation):
    """One method of one address. Auth, names and methods are there at once, what `_DERIVED` names when it is read."""

    def __init__(self, path: str, methods: list[str], view_func: Callable[..., Any], **declared: Any) -> None:
        self._given = (methods, view_func, declared)
        self.whole_path = path  # with the prefix under which the router is mounted (api.routes)
        self.path, self.methods, self.view_func = path, methods, view_func
        self.api = None  # type: ignore[assignment]  # set when the router is mounted, as ninja's own does
        self.is_async = False
        self.csrf_exempt = getattr(view_func, "csrf_exempt", False)
        self.auth_param, self.auth_callbacks = declared["auth"], []
        self._set_auth(declared["auth"])
        self.throttle_param, self.throttle_objects = NOT_SET, []
        for name in ("operation_id", "tags", "deprecated", "include_in_schema", "openapi_extra"):
            setattr(self, name, declared[name])
        for name in ("by_alias", "exclude_unset", "exclude_defaults", "exclude_none"):
            setattr(self, name, declared[name] or False)

    def __getattr__(self, name: str) -> Any:
        """Reached only for what is not there yet."""
        if name not in _DERIVED:
            raise AttributeError(name)
        with _one_at_a_time:
            if name not in self.__dict__:
                methods, view_func, declared = self._given
                made = Operation(self.whole_path, methods, view_func, **declared)
                self.__dict__.update({derived: getattr(made, derived) for derived in _DERIVED})
        return self.__dict__[name]

    def clone(self) -> LateOperation:
        """Another one for one API, as unprepared as this one."""
        methods, view_func, declared = self._given
        cloned = LateOperation(self.path, methods, view_func, **declared)
        cloned.whole_path = self.whole_path
        return cloned


class LatePathView(PathView):
    """The methods of one address."""

    def add_operation(
        self, path: str, methods: list[str], view_func: Callable[..., Any], **declared: Any
    ) -> LateOperation:
        """Remember one more."""
        operation = LateOperation(path, methods, view_func, **declared)
        self.operations.append(operation)
        return operation


class Router(ninja.Router):
    """Ninja's own otherwise."""

    def add_api_operation(
        self, path: str, methods: list[str], view_func: Callable[..., Any], **declared: Any
    ) -> None:
        """Remember an endpoint under its address."""
        self._check_not_frozen()
        view = self.path_operations.setdefault(path, LatePathView())
        view.add_operation(path, methods, view_func, **declared)
