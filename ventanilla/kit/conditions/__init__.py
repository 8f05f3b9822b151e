"""The one filter language (contract F.15): lists, saved filters, segments and rules all speak it.

A room declares which keys its rows have and which operators each takes; `compile_conditions` turns what a person
sent into a `Q` for the ORM, the same on SQLite and PostgreSQL, or refuses with a sentence. `compile_rule` gives
the same as a yes or no of one row as well, for what is told live.
"""

from ventanilla.kit.conditions.compiler import compile_conditions, compile_rule
from ventanilla.kit.conditions.describing import describe
from ventanilla.kit.conditions.fields import CustomField, FieldSpec, Kind, Offer, Operator, Takes
from ventanilla.kit.conditions.refusals import InvalidCondition
from ventanilla.kit.conditions.rules import Row, Rule, among, json_true, present

__all__ = [
    "CustomField",
    "FieldSpec",
    "InvalidCondition",
    "Kind",
    "Offer",
    "Operator",
    "Row",
    "Rule",
    "Takes",
    "among",
    "compile_conditions",
    "compile_rule",
    "describe",
    "json_true",
    "present",
]
