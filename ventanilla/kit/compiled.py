"""Queries authored with the ORM and compiled once, for the few that every request makes.

Building a query costs Django many times what running it costs. A `Compiled` builds its query once with placeholders,
and afterwards only puts the parameters in and makes the instances.

    member = Compiled(lambda user_id, account_id: Membership.objects.filter(user_id=user_id, account_id=account_id),
                      user_id=int, account_id=int)
    member.first(user_id=3, account_id=1)

    conversations = Compiled(lambda ids: Conversation.objects.filter(pk__in=ids), ids=list)
    conversations.all(ids={4, 5})
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState

from ventanilla.kit import statements

M = TypeVar("M", bound=Model)

# Values no query has by itself, so that their places in the parameters can be told.
_NUMBER = -7_300_000_000_000
_TEXT = "\x02placeholder-"


def stored(model: type[M], values: Iterable[tuple[str, Any]]) -> M:
    """A stored row as an instance, like `from_db`; columns that are not given are loaded when they are asked for.

    `from_db` goes through `__init__`, which looks at each column of the model and sends signals: four times the cost.
    """
    made = model.__new__(model)
    made.__dict__.update(values)
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    return made


class _Part:
    """The columns of one model in a row, and the parts of the models joined to it."""

    def __init__(self, info: dict[str, Any], select: Sequence[Any]) -> None:
        fields = info["select_fields"]
        self.model: type[Model] = info["model"]
        self.start, self.end = fields[0], fields[-1] + 1
        self.names = [column[0].target.attname for column in select[self.start : self.end]]
        self.key = self.start + self.names.index(cast("Any", self.model._meta.pk).attname)
        self.joined = [
            (_Part(inner, select), inner["local_setter"], inner["remote_setter"])
            for inner in info.get("related_klass_infos", ())
        ]

    def make(self, row: Sequence[Any]) -> Model | None:
        """The instance with those joined to it; None when an outer join found nothing."""
        if row[self.key] is None:
            return None
        made = stored(self.model, zip(self.names, row[self.start : self.end], strict=True))
        for part, set_there, set_back in self.joined:
            other = part.make(row)
            set_there(made, other)
            if other is not None:
                set_back(other, made)
        return made


class _Statement:
    """The compiled query. `connection` stands for each thread's own, so all threads may use it."""

    def __init__(self, rows: QuerySet[Any], placeholders: dict[Any, str], sets: Collection[str]) -> None:
        self.compiler = rows.query.get_compiler(connection=cast("Any", connection))
        self.sql, self.parameters = self.compiler.as_sql()
        self.places = {
            place: placeholders[value] for place, value in enumerate(self.parameters) if value in placeholders
        }
        self.pieces = self.sql.split("%s")
        self.sets = {place for place, name in self.places.items() if name in sets}
        missing = set(placeholders.values()) - set(self.places.values())
        if missing:
            raise TypeError(f"the query does not use {sorted(missing)} as they are given")
        self.converters = self.compiler.get_converters([column[0] for column in self.compiler.select])
        self.part = _Part(self.compiler.klass_info, self.compiler.select)

    def fill(self, given: dict[str, Any]) -> list[Any]:
        parameters = list(self.parameters)
        for place, name in self.places.items():
            parameters[place] = given[name]
        return parameters

    def fill_sets(self, given: dict[str, Any]) -> tuple[str, list[Any]]:
        """The statement with as many places as the sets have members, and its parameters."""
        sql, parameters = [self.pieces[0]], []
        for place, value in enumerate(self.parameters):
            filled = given[self.places[place]] if place in self.places else value
            values = statements.filled_up(filled) if place in self.sets else [filled]
            sql += [", ".join(["%s"] * len(values)), self.pieces[place + 1]]
            parameters += values
        return "".join(sql), parameters

    def instance(self, row: tuple[Any, ...]) -> Model | None:
        if not self.converters:
            return self.part.make(row)
        return self.part.make(next(iter(self.compiler.apply_converters([row], self.converters))))


class Compiled(Generic[M]):
    """A query with named parameters: an int or a str, compared as it is given (no `iexact`), or a list of ids for `in`."""

    def __init__(
        self, build: Callable[..., QuerySet[M]], **kinds: type[int] | type[str] | type[list[int]]
    ) -> None:
        self._build = build
        self._kinds = kinds

    @cached_property
    def _statement(self) -> _Statement | None:
        """Compiled when it is first needed; a process has one database. None: the query can have no answer."""
        given = {
            name: f"{_TEXT}{number}" if kind is str else _NUMBER - number
            for number, (name, kind) in enumerate(self._kinds.items())
        }
        sets = self._sets
        rows = self._build(**{name: [value] if name in sets else value for name, value in given.items()})
        try:
            return _Statement(
                rows if sets else rows[:1], {value: name for name, value in given.items()}, sets
            )
        except EmptyResultSet:
            return None

    def first(self, **given: int | str) -> M | None:
        """The first row for these parameters."""
        statement = self._statement
        if statement is None:
            return None
        row = statements.fetch_one(statement.sql, statement.fill(given))
        return None if row is None else cast("M", statement.instance(row))

    def all(self, **given: int | str | Collection[int]) -> list[M]:
        """All rows for these parameters, of which one at least is a list; none when a list is empty."""
        statement = self._statement
        if statement is None or not all(given[name] for name in self._sets):
            return []
        rows = statements.fetch_all(*statement.fill_sets(given))
        return [cast("M", statement.instance(row)) for row in rows]

    @cached_property
    def _sets(self) -> list[str]:
        return [name for name, kind in self._kinds.items() if kind is list]
