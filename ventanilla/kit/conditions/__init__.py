"""The one filter language (contract F.15): lists, saved filters, segments and rules all speak it.

A room declares which keys its rows have and which operators each takes; `compile_conditions` turns what a person
sent into a `Q` for the ORM, the same on SQLite and PostgreSQL, or refuses with a sentence.
"""

from ventanilla.kit.conditions.compiler import compile_conditions
from ventanilla.kit.conditions.describing import describe
from ventanilla.kit.conditions.fields import CustomField, FieldSpec, Kind, Offer, Operator, Takes
from ventanilla.kit.conditions.refusals import InvalidCondition

__all__ = [
    "CustomField",
    "FieldSpec",
    "InvalidCondition",
    "Kind",
    "Offer",
    "Operator",
    "Takes",
    "compile_conditions",
    "describe",
]
