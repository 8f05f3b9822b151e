"""Fields of a body or an answer that a room declares (kit.setting_fields), added to a class of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ninja import Schema
from pydantic import create_model

T = TypeVar("T", bound=Schema)


def declared(fields: Mapping[str, Any]) -> Callable[[type[T]], type[T]]:
    """Add these fields, as pydantic's create_model takes them; what the class says of one itself stands."""

    def add(to: type[T]) -> type[T]:
        new = {name: field for name, field in fields.items() if name not in to.model_fields}
        return create_model(to.__name__, __base__=to, __module__=to.__module__, __doc__=to.__doc__, **new)

    return add
