"""What an editor of conditions must know of each key, said in the language active now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ventanilla.kit.conditions.fields import CustomField, FieldSpec, Kind, Operator

# The operator that people mean most is offered first: of texts a part of them.
_TEXT_FIRST = (Operator.CONTAINS, Operator.DOES_NOT_CONTAIN)
_TEXTS = frozenset({Kind.TEXT, Kind.PHONE})


def describe(fields: Mapping[str, FieldSpec], custom: Sequence[CustomField] = ()) -> list[dict[str, Any]]:
    """The keys that are offered, in the order they are declared in; the account's own come last.

    Each with `key`, `model` ("" or whose custom attribute it is), `title`, `kind`, `operators`, and what its values are
    chosen from: `choices`, rows of a `source`, or `codes` that Intl knows by `names`. None of them: people write.
    """
    return [*_standard(fields), *(_described(one.key, one.spec(), model=one.model) for one in custom)]


def _standard(fields: Mapping[str, FieldSpec]) -> Iterator[dict[str, Any]]:
    return (_described(key, spec) for key, spec in fields.items() if spec.offer is not None)


def _described(key: str, spec: FieldSpec, *, model: str = "") -> dict[str, Any]:
    offer = spec.offer
    if offer is None:
        raise TypeError(f"{key} is not offered")
    return {
        "key": key,
        "model": model,
        "title": str(offer.title),
        "kind": spec.kind.value,
        "operators": [operator.value for operator in _ordered(spec)],
        "choices": [{"value": value, "title": str(title)} for value, title in offer.titles.items()],
        "source": offer.source,
        "codes": list(offer.codes),
        "names": offer.names,
    }


def _ordered(spec: FieldSpec) -> Iterable[Operator]:
    free = spec.kind in _TEXTS and spec.offer is not None and not (spec.offer.titles or spec.offer.codes)
    first = _TEXT_FIRST if free else ()
    return sorted(spec.operators, key=lambda one: (one not in first, list(Operator).index(one)))
