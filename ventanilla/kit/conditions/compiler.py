"""From what a person sent to a `Q`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import F, Q, TextField
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Left
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    IContains,
    IExact,
    In,
    IRegex,
    IsNull,
    IStartsWith,
    LessThan,
)

from ventanilla.kit.clock import now
from ventanilla.kit.conditions import refusals
from ventanilla.kit.conditions.fields import CustomField, FieldSpec, Kind, Operator
from ventanilla.kit.conditions.json_values import JSONNumber, JSONText

MAX_CONDITIONS = 100
MAX_VALUES = 500
MAX_VALUE_CHARS = 1_500  # as long as an attribute may be; a longer pattern is refused by SQLite
_EVERYTHING = Q(pk__isnull=False)
_NEGATIVE = {Operator.NOT_EQUAL_TO: Operator.EQUAL_TO, Operator.DOES_NOT_CONTAIN: Operator.CONTAINS}
_JOINTS = frozenset({"AND", "OR", ""})
_WITHOUT_VALUES = frozenset({Operator.IS_PRESENT, Operator.IS_NOT_PRESENT})


def compile_conditions(
    conditions: Any,
    *,
    fields: Mapping[str, FieldSpec],
    custom: Sequence[CustomField] = (),
    zone: ZoneInfo,
) -> Q:
    """The rows that all this means, as a `Q`; an empty list means all rows.

    Conditions are joined as written, AND binding tighter than OR. Days begin and end in `zone`, the account's.
    Raises InvalidCondition, naming the place of the one at fault.
    """
    if not isinstance(conditions, list | tuple) or len(conditions) > MAX_CONDITIONS:
        raise refusals.unreadable()
    groups: list[list[Q]] = [[]]
    for index, condition in enumerate(conditions):
        if not isinstance(condition, Mapping):
            raise refusals.unreadable()
        try:
            groups[-1].append(_compile(condition, fields=fields, custom=custom, zone=zone))
            joins_by_or = _joins_by_or(condition)
        except refusals.InvalidCondition as refusal:
            raise refusal.at(index) from None
        if joins_by_or:
            groups.append([])
    joined = [reduce(and_, group) for group in groups if group]
    return reduce(or_, joined) if joined else Q()


def _joins_by_or(condition: Mapping[str, Any]) -> bool:
    """Whether the next condition stands beside this one; without a word it narrows it, as the last one has none."""
    word = str(condition.get("query_operator") or "").strip().upper()
    if word not in _JOINTS:
        raise refusals.wrong_joint(word)
    return word == "OR"


def _compile(
    condition: Mapping[str, Any],
    *,
    fields: Mapping[str, FieldSpec],
    custom: Sequence[CustomField],
    zone: ZoneInfo,
) -> Q:
    key = str(condition.get("attribute_key") or "")
    spec = _field(condition, key, fields=fields, custom=custom)
    try:
        operator = Operator(str(condition.get("filter_operator") or ""))
    except ValueError:
        raise refusals.wrong_operator(key, spec.operators)
    if operator not in spec.operators:
        raise refusals.wrong_operator(key, spec.operators)
    values = _values(condition.get("values"))
    if not values and operator not in _WITHOUT_VALUES:
        raise refusals.no_values(key)
    positive = _NEGATIVE.get(operator)
    try:
        # "Not" also matches rows where the value is missing, so it is the complement of the positive match.
        return ~_match(spec, positive, values, zone) if positive else _match(spec, operator, values, zone)
    except (ValueError, OverflowError, TypeError):
        raise refusals.wrong_value(key)


def _field(
    condition: Mapping[str, Any], key: str, *, fields: Mapping[str, FieldSpec], custom: Sequence[CustomField]
) -> FieldSpec:
    wanted = str(condition.get("custom_attribute_type") or "")
    said_custom = str(condition.get("attribute_model") or "").lower().startswith("custom")
    if key in fields and not wanted and not said_custom:
        return fields[key]
    for definition in custom:
        if definition.key == key and wanted in {"", definition.model}:
            return definition.spec()
    if key in fields:
        return fields[key]
    raise refusals.unknown_key(key)


def _values(raw: Any) -> list[Any]:
    """The values as a list, blanks left out; a choice may come as the object a picker had."""
    items = raw if isinstance(raw, list | tuple) else [raw]
    if len(items) > MAX_VALUES:
        raise refusals.unreadable()
    plain = [item.get("id", item.get("name")) if isinstance(item, Mapping) else item for item in items]
    return [
        item.strip() if isinstance(item, str) else item
        for item in plain
        if isinstance(item, str | int | float | bool)
        and str(item).strip()
        and "\x00" not in str(item)
        and len(str(item)) <= MAX_VALUE_CHARS
    ]


def _match(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Q:
    return _MATCHERS[spec.kind](spec, operator, values, zone)


def _true(*lookups: Any) -> Q:
    """Any of these lookups, with "unknown" counted as no, so that its complement is right."""
    return reduce(or_, (Q(lookup) for lookup in lookups))


def _present(expression: Combinable, *, blank_is_missing: bool) -> Q:
    there = Q(IsNull(expression, False))
    return there & ~Q(Exact(expression, "")) if blank_is_missing else there


def _absence(found: Q, operator: Operator) -> Q:
    return found if operator == Operator.IS_PRESENT else ~found


def _with_missing_as_false(match: Q, expression: Combinable) -> Q:
    # In SQL, NOT (NULL = 'x') is NULL; tying the match to "there is a value" makes its complement true.
    return Q(IsNull(expression, False)) & match


# ── one function per kind ─────────────────────────────────────────────────────────────────────────────


def _text_expression(spec: FieldSpec) -> Combinable:
    if spec.json_key:
        return JSONText(spec.lookup, spec.json_key)
    return Cast(F(spec.lookup), TextField())


def _folded(name: str, expression: Combinable, value: str) -> Any:
    """A comparison that ignores case for every alphabet: SQLite's LIKE knows only A to Z."""
    if value.isascii():
        return {"exact": IExact, "contains": IContains, "starts": IStartsWith}[name](expression, value)
    escaped = re.sub(r"([^\w\s])", r"\\\1", value)
    pattern = {"exact": f"^{escaped}$", "contains": escaped, "starts": f"^{escaped}"}[name]
    return IRegex(expression, pattern)


def _match_text(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Q:
    expression = _text_expression(spec)
    if operator in _WITHOUT_VALUES:
        return _absence(_present(expression, blank_is_missing=True), operator)
    how = {Operator.EQUAL_TO: "exact", Operator.CONTAINS: "contains", Operator.STARTS_WITH: "starts"}[
        operator
    ]
    matches = _true(*(_folded(how, expression, str(value)) for value in values))
    return _with_missing_as_false(matches, expression)


def _match_phone(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Q:
    digits = [re.sub(r"[^\d]", "", str(value)) for value in values]
    if not all(digits):
        raise ValueError("no digits")
    plus = "" if operator == Operator.CONTAINS else "+"
    return _match_text(spec, operator, [plus + number for number in digits], zone)


def _match_number(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Q:
    if operator == Operator.CONTAINS:
        return _match_text(spec, operator, values, zone)
    expression: Combinable = JSONNumber(spec.lookup, spec.json_key) if spec.json_key else F(spec.lookup)
    if operator in _WITHOUT_VALUES:
        return _absence(_present(expression, blank_is_missing=False), operator)
    numbers = [_number(value) for value in values]
    if operator == Operator.EQUAL_TO:
        matches = Q(In(expression, numbers))
    else:
        lookup = GreaterThan if operator == Operator.IS_GREATER_THAN else LessThan
        matches = _true(*(lookup(expression, number) for number in numbers))
    return _with_missing_as_false(matches, expression)


def _number(value: Any) -> float:
    number = float(str(value).replace(",", "."))
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def _match_id(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Q:
    if operator == Operator.CONTAINS:
        return _match_text(spec, operator, values, zone)
    expression = F(spec.lookup)
    if operator in _WITHOUT_VALUES:
        return _absence(_present(expression, blank_is_missing=False), operator)
    ids = [int(value) for value in values]
    if any(abs(number) >= 2**63 for number in ids):
        raise ValueError("larger than a column")
    return Q(**{f"{spec.lookup}__in": ids, f"{spec.lookup}__isnull": False})


def _match_choice(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Q:
    if operator in _WITHOUT_VALUES:
        return _absence(_present(F(spec.lookup), blank_is_missing=False), operator)
    words = [str(value) for value in values]
    if spec.any_choice and spec.any_choice in words:
        return _EVERYTHING
    if not spec.choices:
        return _match_text(spec, operator, values, zone)
    stored = [spec.choices[word] for word in words if word in spec.choices]
    if len(stored) != len(words):
        raise ValueError("not one of the choices")
    return Q(**{f"{spec.lookup}__in": stored, f"{spec.lookup}__isnull": False})


def _match_boolean(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Q:
    wanted = {_truth(value) for value in values}
    if not spec.json_key:
        return Q(**{f"{spec.lookup}__in": list(wanted)})
    expression = JSONText(spec.lookup, spec.json_key)
    return _with_missing_as_false(Q(In(expression, [str(value).lower() for value in wanted])), expression)


def _truth(value: Any) -> bool:
    words = {
        "true": True,
        "1": True,
        "yes": True,
        "on": True,
        "false": False,
        "0": False,
        "no": False,
        "off": False,
    }
    if str(value).lower() not in words:
        raise ValueError("neither yes nor no")
    return words[str(value).lower()]


def _match_relation(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Q:
    if spec.related is None:
        raise TypeError("a relation is declared with `related`")
    if operator in _WITHOUT_VALUES:
        return _absence(Q(pk__in=spec.related(None)), operator)
    return Q(pk__in=spec.related([str(value) for value in values]))


def _day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])


def _today(zone: ZoneInfo) -> date:
    return now().astimezone(zone).date()


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _days_ago(value: Any, zone: ZoneInfo) -> date:
    return _today(zone) - timedelta(days=int(value))


def _match_moment(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Q:
    if operator in _WITHOUT_VALUES:
        return _absence(_present(F(spec.lookup), blank_is_missing=False), operator)
    value = values[0]
    if operator == Operator.IS_GREATER_THAN:  # later than that whole day
        return Q(**{f"{spec.lookup}__gte": _start_of(_day(value) + timedelta(days=1), zone)})
    day = _days_ago(value, zone) if operator == Operator.DAYS_BEFORE else _day(value)
    return Q(**{f"{spec.lookup}__lt": _start_of(day, zone)})


def _match_date(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Q:
    # ISO days sort as text; the stored one may carry a time behind the day.
    expression = Left(_text_expression(spec), 10)
    if operator in _WITHOUT_VALUES:
        return _absence(_present(expression, blank_is_missing=True), operator)
    if operator == Operator.EQUAL_TO:
        return _with_missing_as_false(
            Q(In(expression, [_day(value).isoformat() for value in values])), expression
        )
    if operator == Operator.IS_GREATER_THAN:
        return _with_missing_as_false(Q(GreaterThan(expression, _day(values[0]).isoformat())), expression)
    day = _days_ago(values[0], zone) if operator == Operator.DAYS_BEFORE else _day(values[0])
    earlier = Q(LessThan(expression, day.isoformat())) & ~Q(Exact(expression, ""))
    return _with_missing_as_false(earlier, expression)


_MATCHERS: dict[Kind, Callable[[FieldSpec, Operator, Sequence[Any], ZoneInfo], Q]] = {
    Kind.TEXT: _match_text,
    Kind.PHONE: _match_phone,
    Kind.NUMBER: _match_number,
    Kind.ID: _match_id,
    Kind.CHOICE: _match_choice,
    Kind.BOOLEAN: _match_boolean,
    Kind.RELATION: _match_relation,
    Kind.MOMENT: _match_moment,
    Kind.DATE: _match_date,
}
