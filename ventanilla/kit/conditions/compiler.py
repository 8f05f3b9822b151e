"""From what a person sent to a rule."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import and_, itemgetter, or_
from typing import Any, NamedTuple
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
from ventanilla.kit.conditions.rules import EVERYTHING, Row, Rule, among, json_text

MAX_CONDITIONS = 100
MAX_VALUES = 500
MAX_VALUES_OF_ALL = 5_000
MAX_VALUE_CHARS = 1_500  # as long as an attribute may be; a longer pattern is refused by SQLite
_PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_NEGATIVE = {Operator.NOT_EQUAL_TO: Operator.EQUAL_TO, Operator.DOES_NOT_CONTAIN: Operator.CONTAINS}
_JOINTS = frozenset({"AND", "OR", ""})
_WITHOUT_VALUES = frozenset({Operator.IS_PRESENT, Operator.IS_NOT_PRESENT})


class _Value(NamedTuple):
    """One value of a row: how the database finds it, and how it is read of a row at hand."""

    sql: Combinable
    read: Callable[[Row], Any]


def compile_conditions(
    conditions: Any,
    *,
    fields: Mapping[str, FieldSpec],
    custom: Sequence[CustomField] = (),
    zone: ZoneInfo,
) -> Q:
    """The rows that all this means, as a `Q`; an empty list means all rows. Raises as `compile_rule`."""
    return compile_rule(conditions, fields=fields, custom=custom, zone=zone).q


def compile_rule(
    conditions: Any,
    *,
    fields: Mapping[str, FieldSpec],
    custom: Sequence[CustomField] = (),
    zone: ZoneInfo,
) -> Rule:
    """The rows that all this means, as a question and as a yes or no; an empty list means all rows.

    Conditions are joined as written, AND binding tighter than OR. Days begin and end in `zone`, the account's.
    Raises InvalidCondition, naming the place of the one at fault.
    """
    if not isinstance(conditions, list | tuple) or len(conditions) > MAX_CONDITIONS:
        raise refusals.unreadable()
    if sum(_size(condition) for condition in conditions) > MAX_VALUES_OF_ALL:
        raise refusals.unreadable()
    groups: list[list[Rule]] = [[]]
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
    return reduce(or_, joined) if joined else Rule(Q(), EVERYTHING.holds)


def _size(condition: Any) -> int:
    values = condition.get("values") if isinstance(condition, Mapping) else None
    return len(values) if isinstance(values, list | tuple) else 1


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
) -> Rule:
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


def _match(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Rule:
    rule = _MATCHERS[spec.kind](spec, operator, values, zone)
    if spec.where is None:
        return rule
    # Absent is also what does not count.
    return ~(spec.where & ~rule) if operator == Operator.IS_NOT_PRESENT else spec.where & rule


def _true(*lookups: Any) -> Q:
    """Any of these lookups, with "unknown" counted as no, so that its complement is right."""
    # At once: joined one by one, each step looks at all before it, and five hundred values take their time.
    return Q(*lookups, _connector=Q.OR)


def _present(value: _Value, *, blank_is_missing: bool) -> Rule:
    expression, read = value
    there = Q(IsNull(expression, False))
    if not blank_is_missing:
        return Rule(there, lambda row: read(row) is not None)
    return Rule(there & ~Q(Exact(expression, "")), lambda row: read(row) not in {None, ""})


def _absence(found: Rule, operator: Operator) -> Rule:
    return found if operator == Operator.IS_PRESENT else ~found


def _with_missing_as_false(match: Q, value: _Value, holds: Callable[[Any], bool]) -> Rule:
    # In SQL, NOT (NULL = 'x') is NULL; tying the match to "there is a value" makes its complement true.
    expression, read = value

    def answer(row: Row) -> bool:
        found = read(row)
        return found is not None and holds(found)

    return Rule(Q(IsNull(expression, False)) & match, answer)


# ── one function per kind ─────────────────────────────────────────────────────────────────────────────


def _column(lookup: str) -> _Value:
    return _Value(F(lookup), itemgetter(lookup))


def _text_value(lookup: str, key: str = "") -> _Value:
    if key:
        return _Value(JSONText(lookup, key), lambda row: json_text(row[lookup].get(key)))
    return _Value(Cast(F(lookup), TextField()), lambda row: None if row[lookup] is None else str(row[lookup]))


def _folded(name: str, value: str) -> tuple[Callable[[Combinable], Any], Callable[[str], bool]]:
    """A comparison that ignores case for every alphabet: SQLite's LIKE knows only A to Z."""
    if value.isascii():
        lookup = {"exact": IExact, "contains": IContains, "starts": IStartsWith}[name]
        folded = value.lower()
        compare = {"exact": str.__eq__, "contains": str.__contains__, "starts": str.startswith}[name]
        return (lambda expression: lookup(expression, value)), (
            lambda text: bool(compare(text.lower(), folded))
        )
    escaped = re.sub(r"([^\w\s])", r"\\\1", value)
    pattern = {"exact": f"^{escaped}$", "contains": escaped, "starts": f"^{escaped}"}[name]
    search = re.compile(pattern, re.IGNORECASE).search
    return (lambda expression: IRegex(expression, pattern)), (lambda text: search(text) is not None)


def _match_text(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Rule:
    columns = [_text_value(spec.lookup, spec.json_key), *(_text_value(lookup) for lookup in spec.also)]
    if operator in _WITHOUT_VALUES:
        there = reduce(or_, (_present(column, blank_is_missing=True) for column in columns))
        return _absence(there, operator)
    how = {Operator.EQUAL_TO: "exact", Operator.CONTAINS: "contains", Operator.STARTS_WITH: "starts"}[
        operator
    ]
    folded = [_folded(how, str(value)) for value in values]
    tests = [test for _lookup, test in folded]

    def any_of(text: str) -> bool:
        return any(test(text) for test in tests)

    return reduce(
        or_,
        (
            _with_missing_as_false(_true(*(lookup(column.sql) for lookup, _test in folded)), column, any_of)
            for column in columns
        ),
    )


def _match_phone(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Rule:
    digits = [re.sub(r"[^\d]", "", str(value)) for value in values]
    if not all(digits):
        raise ValueError("no digits")
    plus = "" if operator == Operator.CONTAINS else "+"
    return _match_text(spec, operator, [plus + number for number in digits], zone)


def _match_number(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Rule:
    if operator == Operator.CONTAINS:
        return _match_text(spec, operator, values, zone)
    lookup, key = spec.lookup, spec.json_key
    value = _column(lookup)
    if key:
        value = _Value(JSONNumber(lookup, key), lambda row: _json_number(row[lookup].get(key)))
    if operator in _WITHOUT_VALUES:
        return _absence(_present(value, blank_is_missing=False), operator)
    numbers = [_number(given) for given in values]
    if operator == Operator.EQUAL_TO:
        return _with_missing_as_false(Q(In(value.sql, numbers)), value, frozenset(numbers).__contains__)
    if operator == Operator.IS_GREATER_THAN:
        least = min(numbers)
        matches = _true(*(GreaterThan(value.sql, number) for number in numbers))
        return _with_missing_as_false(matches, value, lambda found: found > least)
    most = max(numbers)
    matches = _true(*(LessThan(value.sql, number) for number in numbers))
    return _with_missing_as_false(matches, value, lambda found: found < most)


def _json_number(value: Any) -> float | None:
    if isinstance(value, str):
        return float(value) if _PLAIN_NUMBER.fullmatch(value) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _number(value: Any) -> float:
    number = float(str(value).replace(",", "."))
    if not math.isfinite(number):
        raise ValueError("not a number")
    return number


def _match_id(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Rule:
    if operator == Operator.CONTAINS:
        return _match_text(spec, operator, values, zone)
    if operator in _WITHOUT_VALUES:
        return _absence(_present(_column(spec.lookup), blank_is_missing=False), operator)
    ids = [int(value) for value in values]
    if any(abs(number) >= 2**63 for number in ids):
        raise ValueError("larger than a column")
    return among(spec.lookup, ids)


def _match_choice(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Rule:
    if operator in _WITHOUT_VALUES:
        return _absence(_present(_column(spec.lookup), blank_is_missing=False), operator)
    words = [str(value) for value in values]
    if spec.any_choice and spec.any_choice in words:
        return EVERYTHING
    known: Mapping[str, Any] = spec.words or spec.choices
    if not known:
        return _match_text(spec, operator, values, zone)
    if not all(word in known for word in words):
        raise ValueError("not one of the choices")
    if spec.words:
        return reduce(or_, (spec.words[word] for word in words))
    return among(spec.lookup, [spec.choices[word] for word in words])


def _match_boolean(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Rule:
    wanted = {_truth(value) for value in values}
    if not spec.json_key:
        lookup = spec.lookup
        return Rule(Q(**{f"{lookup}__in": list(wanted)}), lambda row: row[lookup] in wanted)
    value = _text_value(spec.lookup, spec.json_key)
    words = frozenset(str(one).lower() for one in wanted)
    return _with_missing_as_false(Q(In(value.sql, sorted(words))), value, words.__contains__)


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


def _match_relation(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Rule:
    related, held = spec.related, spec.held
    if related is None:
        raise TypeError("a relation is declared with `related`")
    wanted = None if operator in _WITHOUT_VALUES else [str(value) for value in values]

    def holds(row: Row) -> bool:
        if held is None:
            raise TypeError("a relation that rows are matched by is declared with `held`")
        return held(row, wanted)

    rule = Rule(Q(pk__in=related(wanted)), holds)
    return _absence(rule, operator) if wanted is None else rule


def _day(value: Any) -> date:
    return date.fromisoformat(str(value)[:10])


def _today(zone: ZoneInfo) -> date:
    return now().astimezone(zone).date()


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def _days_ago(value: Any, zone: ZoneInfo) -> date:
    return _today(zone) - timedelta(days=int(value))


def _match_moment(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Rule:
    lookup = spec.lookup
    if operator in _WITHOUT_VALUES:
        return _absence(_present(_column(lookup), blank_is_missing=False), operator)
    value = values[0]
    if operator == Operator.DAYS_BEFORE:
        _days_ago(value, zone)  # refused now, if at all
        return Rule(
            Q(**{f"{lookup}__lt": _start_of(_days_ago(value, zone), zone)}),
            lambda row: row[lookup] is not None and row[lookup] < _start_of(_days_ago(value, zone), zone),
        )
    # Later than a day is after the whole of it; on or before it, the whole of it counts.
    next_day = operator in {Operator.IS_GREATER_THAN, Operator.IS_ON_OR_BEFORE}
    edge = _start_of(_day(value) + timedelta(days=next_day), zone)
    if operator in {Operator.IS_GREATER_THAN, Operator.IS_ON_OR_AFTER}:
        return Rule(
            Q(**{f"{lookup}__gte": edge}), lambda row: row[lookup] is not None and row[lookup] >= edge
        )
    return Rule(Q(**{f"{lookup}__lt": edge}), lambda row: row[lookup] is not None and row[lookup] < edge)


def _match_date(spec: FieldSpec, operator: Operator, values: Sequence[Any], zone: ZoneInfo) -> Rule:
    # ISO days sort as text; the stored one may carry a time behind the day.
    text = _text_value(spec.lookup, spec.json_key)
    value = _Value(Left(text.sql, 10), lambda row: None if (found := text.read(row)) is None else found[:10])
    if operator in _WITHOUT_VALUES:
        return _absence(_present(value, blank_is_missing=True), operator)
    if operator == Operator.EQUAL_TO:
        days = [_day(given).isoformat() for given in values]
        return _with_missing_as_false(Q(In(value.sql, days)), value, frozenset(days).__contains__)
    if operator == Operator.IS_GREATER_THAN:
        edge = _day(values[0]).isoformat()
        return _with_missing_as_false(Q(GreaterThan(value.sql, edge)), value, lambda found: found > edge)

    def before() -> str:
        return (_days_ago if operator == Operator.DAYS_BEFORE else lambda day, _zone: _day(day))(
            values[0], zone
        ).isoformat()

    earlier = Q(LessThan(value.sql, before())) & ~Q(Exact(value.sql, ""))
    return _with_missing_as_false(earlier, value, lambda found: "" != found < before())


_MATCHERS: dict[Kind, Callable[[FieldSpec, Operator, Sequence[Any], ZoneInfo], Rule]] = {
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
