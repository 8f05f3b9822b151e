"""What of a search a folder can keep: a folder filters conversations and knows nothing of what was said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ventanilla.search.language import Part, parts
from ventanilla.search.operators import Reader

# Words, and operators about single messages; or an operator whose value nothing has.
Why = Literal["said", "unknown"]


@dataclass(frozen=True, slots=True)
class Keeping:
    """Conditions as filters take them, and the parts of the text that are not among them, as they were typed."""

    conditions: list[dict[str, Any]]
    lost: list[tuple[str, Why]]


def keeping(text: str, reader: Reader) -> Keeping:
    """Each operator that is about a conversation becomes a condition; all of them must be true."""
    conditions: list[dict[str, Any]] = []
    lost: list[tuple[str, Why]] = []
    for part in parts(text):
        if part.operator is None or part.operator.keep is None:
            lost.append((part.text, "said"))
            continue
        kept = part.operator.keep(reader, part.value)
        if kept is None:
            lost.append((part.text, "unknown"))
        else:
            conditions.append(_condition(part, *kept))
    for one in conditions[:-1]:
        one["query_operator"] = "AND"
    return Keeping(conditions, lost)


def _condition(part: Part, key: str, values: Sequence[object]) -> dict[str, Any]:
    if values:
        operator = "not_equal_to" if part.is_unwanted else "equal_to"
    else:
        operator = "is_present" if part.is_unwanted else "is_not_present"
    return {
        "attribute_key": key,
        "custom_attribute_type": "",
        "filter_operator": operator,
        "values": list(values),
        "query_operator": None,
    }
