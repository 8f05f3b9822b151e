"""The document that clients are generated from."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from pydantic import BaseModel

from ventanilla.api.given import GivenModel
from ventanilla.api.routes import build
from ventanilla.config.rooms import endpoints


def _models(annotation: Any, found: dict[str, set[type]]) -> None:
    for inner in getattr(annotation, "__args__", ()):
        _models(inner, found)
    if not isinstance(annotation, type) or not issubclass(annotation, BaseModel):
        return
    is_ours = annotation.__module__.startswith("ventanilla.") and not issubclass(annotation, GivenModel)
    if is_ours:
        if annotation in found[annotation.__name__]:
            return
        found[annotation.__name__].add(annotation)
    for field in annotation.model_fields.values():
        _models(field.annotation, found)


def test_no_two_shapes_share_a_name() -> None:
    """One would silently stand for the other in the document, and in every client made from it."""
    found: dict[str, set[type]] = defaultdict(set)
    for _prefix, router in build(endpoints())._routers:
        for view in router.path_operations.values():
            for operation in view.operations:
                for model in operation.models:
                    _models(model, found)
                for response in operation.response_models.values():
                    if isinstance(response, type):
                        _models(response, found)
    doubled = {
        name: sorted(model.__module__ for model in models)
        for name, models in found.items()
        if len(models) > 1
    }
    assert not doubled
    assert len(found) > 20


def test_every_address_is_below_a_known_prefix() -> None:
    known = ("/api/", "/auth", "/public/", "/platform/", "/rails/")
    paths = build(endpoints()).get_openapi_schema(path_prefix="")["paths"]
    assert all(path.startswith(known) for path in paths)
    assert len(endpoints()) > 10


def test_every_operation_has_a_sentence_and_its_own_id() -> None:
    operations = [
        operation
        for methods in build(endpoints()).get_openapi_schema(path_prefix="")["paths"].values()
        for operation in methods.values()
    ]
    assert all(operation.get("summary") for operation in operations)
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
