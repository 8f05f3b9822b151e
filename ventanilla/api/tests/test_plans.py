"""How the databases mean to find what a screen shows, on a desk that has grown: by an index that has it in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from bench.growth import SCREENS, noted
from ventanilla.kit import statistics
from ventanilla.testing import grown

# Tables that grow with the customers; all others may be read from end to end.
GROWING = frozenset(
    {
        "contacts_contact", "contacts_contactclaim", "contacts_contactinbox", "contacts_contactlabel",
        "conversations_attachment", "conversations_conversation", "conversations_conversationlabel",
        "conversations_draft", "conversations_mention", "conversations_message", "conversations_participant",
        "conversations_scheduledmessage", "events_event",
    }
)  # fmt: skip
# Empty here, so that reading them is right.
EMPTY = frozenset(
    {
        "contacts_contactclaim", "contacts_contactlabel", "conversations_attachment", "conversations_draft",
        "conversations_scheduledmessage", "events_event",
    }
)  # fmt: skip
# What is sorted there are few: a label's, who waits for an answer, someone's mentions, one page from each part that the
# limited agent sees.
SORTS_A_FEW = re.compile(r"label|unattended|mentions|limited")
# Statements over the whole of a table that grows, not over what belongs to the rows of a page.
OVER_ALL = re.compile(r'FROM "(?:conversations_conversation|contacts_contact)" .*ORDER BY(?!.* LIMIT 1$)')
# Counting nearly all of a table, PostgreSQL reads the table; and which of its short rows are an open conversation's.
COUNTED = re.compile(r"list, (?:resolved|all)|^counts")


@pytest.fixture
def desk(transactional_db: None) -> None:
    grown.fill(20_000, each=2)
    statistics.refresh(thoroughly=True)


@pytest.mark.timeout(300)  # rows for a desk that has grown, and on a full machine
def test_no_screen_reads_a_table_from_end_to_end_or_sorts_what_it_found(desk: None) -> None:
    clients = [Client(HTTP_API_ACCESS_TOKEN=token) for token in (grown.TOKEN, grown.LIMITED_TOKEN)]
    wrong: list[str] = []
    for name, (path, limited) in SCREENS.items():
        with noted() as statements:
            assert clients[limited].get(path).status_code == 200, path
        may_sort = SORTS_A_FEW.search(name) is not None
        for sql, parameters in statements:
            counts = connection.vendor == "postgresql" and COUNTED.match(name) and "COUNT(" in sql
            if sql.startswith("SELECT") and not counts:
                found = _faults(sql, parameters, may_sort=may_sort or not OVER_ALL.search(sql))
                wrong += [f"{name}: {line.strip()}: …{sql[sql.find(' FROM ') :][:400]}" for line in found]
    assert not wrong, "\n".join(wrong)


def _faults(sql: str, parameters: Any, *, may_sort: bool) -> Iterator[str]:
    faults = _faults_of_sqlite if connection.vendor == "sqlite" else _faults_of_postgres
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        cursor.execute(explain + sql, parameters)
        rows = cursor.fetchall()
    yield from faults(sql, rows, may_sort)


def _faults_of_sqlite(sql: str, rows: list[Any], may_sort: bool) -> Iterator[str]:
    for *_ids, line in rows:
        if found := re.match(r"SCAN (\w+)", line):
            table = _table(sql, found[1])
            if table in GROWING - EMPTY:
                yield line
        elif line.startswith("USE TEMP B-TREE FOR ORDER BY") and not may_sort:
            yield line


def _table(sql: str, name: str) -> str:
    """The table that goes by that name in the statement."""
    found = re.search(rf'"?(\w+)"? (?:AS )?"?{name}"?\b', sql)
    return found[1] if found and found[1] in GROWING else name


def _faults_of_postgres(sql: str, rows: list[Any], may_sort: bool) -> Iterator[str]:
    for (line,) in rows:
        found = re.search(r"Seq Scan on (\w+)", line)
        reads = found is not None and found[1] in GROWING - EMPTY
        if reads or (re.match(r"\s*(?:->\s+)?Sort  \(", line) and not may_sort):
            yield line
