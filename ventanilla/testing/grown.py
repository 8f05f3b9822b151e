"""A desk that has grown: as many conversations as wished, written by a handful of bulk statements.

For what must be seen at size: bench/growth.py, and the test that reads query plans. One account: 15 inboxes of which
the first has half of everything, 10 teams, 20 agents, 30 labels; 93 % of the conversations are resolved, 5 % open.
The administrator is user 1; agent 2 belongs to one team that sees only its own; the others see everything. All tables
but these stay empty, and ids begin at 1, so only an empty, migrated database may be given.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

from ventanilla.accounts.commands.accounts import create_account
from ventanilla.accounts.commands.users import add_member, issue_access_token
from ventanilla.accounts.models import AccessToken, Account, Role, Team, TeamMember, User
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox, InboxMember
from ventanilla.kit import tokens
from ventanilla.kit.clock import now
from ventanilla.labels.models import Label

INBOXES, TEAMS, AGENTS, LABELS = 15, 10, 20, 30
TOKEN = "token-of-the-administrator"  # noqa: S105 — of user 1
LIMITED_TOKEN = "token-of-the-limited-agent"  # noqa: S105 — of user 2
_TEXT = "Hello, I would like to know where my order is, it has been on its way for a week now."
_APART = 600  # seconds between two conversations
_LONG = 2  # the conversation that has 2,000 messages more
_PEOPLE_IN_TEN = 6  # contacts for each ten conversations; half of them are known by more than a cookie


def fill(conversations: int, *, each: int, sentences: Sequence[str] = (_TEXT,)) -> None:
    """Write that many conversations with `each` messages; each message says two of the sentences."""
    contacts = conversations * _PEOPLE_IN_TEN // 10
    with transaction.atomic():
        _people()
        _say(sentences)
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")  # foreign keys: they are right
        for sql in (*_contacts(contacts), *_conversations(conversations, contacts, each, len(sentences))):
            cursor.execute(sql)
        cursor.execute("DROP TABLE grown_sentence")
        _go_on_after(cursor)


def _people() -> None:
    _begin_numbers_anew(Account, User, Inbox, Team, Label)
    account = create_account("Grown", locale="en", by=None)
    # Without passwords and tokens but for two: they are dear, and no one signs in.
    users = User.objects.bulk_create(
        User(email=f"u{number}@grown.example", name=f"User {number}", confirmed_at=now())
        for number in range(AGENTS + 1)
    )
    for number, user in enumerate(users):
        add_member(account, user=user, role=Role.AGENT if number else Role.ADMINISTRATOR, by=None)
    for user, token in zip(users, (TOKEN, LIMITED_TOKEN), strict=False):
        issue_access_token(user=user)
        AccessToken.objects.filter(user=user).update(digest=tokens.digest(token))
    inboxes = [
        create_inbox(
            account,
            name=f"Inbox {number}",
            channel={"type": "web_widget", "website_url": "https://grown.example"},
            by=None,
        )
        for number in range(INBOXES)
    ]
    InboxMember.objects.bulk_create(
        InboxMember(inbox=inbox, user=user) for inbox in inboxes for user in users[1:]
    )
    teams = [Team.objects.create(account=account, name=f"team {number}") for number in range(TEAMS)]
    Team.objects.filter(pk=teams[0].pk).update(sight="team")
    for number, user in enumerate(users[1:]):
        TeamMember.objects.create(team=teams[number % TEAMS], user=user)
    Label.objects.bulk_create(Label(account=account, title=f"label-{number}") for number in range(LABELS))


def _say(sentences: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE grown_sentence (number bigint PRIMARY KEY, text text NOT NULL)"
        )
        cursor.executemany("INSERT INTO grown_sentence VALUES (%s, %s)", list(enumerate(sentences)))


def _begin_numbers_anew(*models: type[Model]) -> None:
    """The tables are empty, but tests before have used numbers: addresses and statements below count from 1."""
    columns = [{"table": model._meta.db_table, "column": "id"} for model in models]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_by_name_sql(no_style(), columns):
            cursor.execute(sql)


# ── the statements ────────────────────────────────────────────────────────────────────────────────────


def _numbers(count: int) -> str:
    """Rows with one column `i`, from 1 on."""
    if connection.vendor == "postgresql":
        return f"(SELECT CAST(i AS bigint) AS i FROM generate_series(1, {count}) AS i) AS n"
    return f"(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {count}) SELECT i FROM c) AS n"


def _moment(seconds: str) -> str:
    if connection.vendor == "postgresql":
        return f"to_timestamp({seconds})"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f000', {seconds}, 'unixepoch')".replace("%%", "%")


def _json(text: str) -> str:
    return f"CAST({text} AS jsonb)" if connection.vendor == "postgresql" else text


def _uuid(number: str) -> str:
    if connection.vendor == "postgresql":
        return f"CAST(lpad(to_hex({number}), 32, '0') AS uuid)"
    return f"printf('%032x', {number})"


def _chance(of: str, upto: int, salt: int = 0) -> str:
    """A number below `upto` that looks thrown, the same each time."""
    return f"((({of}) * 2654435761 + {salt * 40503}) % 4294967296 / 97 % {upto})"


def _contacts(count: int) -> list[str]:
    moment = int(time.time())
    known = _chance("i", 2, 1)
    seen = _moment(f"{moment} - {_chance('i', 60_000_000, 2)}")
    home = f"CASE WHEN {_chance('i', 2, 3)} = 0 THEN 1 ELSE 2 + {_chance('i', INBOXES - 1, 4)} END"
    return [
        "INSERT INTO contacts_contact (id, account_id, name, email, contact_type, avatar, blocked, is_withheld,"
        " additional_attributes, custom_attributes, location, country_code, company, search_text, label_titles,"
        " last_activity_at, version, created_at, updated_at)"
        f" SELECT i, 1, 'Contact ' || i, CASE WHEN {known} = 0 THEN 'c' || i || '@grown.example' END, 'visitor', '',"
        f" false, false, {_json(_CITY)}, {_json(_NOTHING)}, '', '', '', 'contact ' || i, {_json(_NONE)},"
        f" {seen}, 1, {seen}, {seen} FROM {_numbers(count)}",
        "INSERT INTO contacts_contactinbox (id, contact_id, inbox_id, source_id, hmac_verified, said, has_joined,"
        " pubsub_token, created_at, updated_at)"
        f" SELECT i, i, {home}, 'source-' || i, false, {_json(_NOTHING)}, false, 'key-' || i, {_moment(str(moment))},"
        f" {_moment(str(moment))} FROM {_numbers(count)}",
    ]


_NOTHING, _NONE = "'{}'", "'[]'"
_CITY = """'{"city": "Santiago", "country": "Chile"}'"""
_PAGE = """'{"referer": "https://grown.example/cart", "browser": {"browser_name": "Firefox"}}'"""


def _conversations(count: int, contacts: int, each: int, sentences: int) -> list[str]:
    moment = int(time.time())
    at = f"({moment} - ({count} - i) * {_APART} - {_APART})"
    luck = _chance("i", 100, 5)
    status = f"CASE WHEN {luck} < 93 THEN 1 WHEN {luck} < 98 THEN 0 WHEN {luck} = 98 THEN 2 ELSE 3 END"
    assignee = f"CASE WHEN {_chance('i', 5, 6)} = 0 THEN NULL ELSE 2 + {_chance('i', AGENTS, 7)} END"
    team = f"CASE WHEN {_chance('i', 4, 8)} = 0 THEN NULL ELSE 1 + {_chance('i', TEAMS, 9)} END"
    priority = f"CASE WHEN {_chance('i', 5, 10)} = 0 THEN {_chance('i', 4, 11)} END"
    label = _chance("i", LABELS, 12)
    has_label = f"{_chance('i', 3, 13)} > 0"
    plan = f"CASE {_chance('i', 4, 23)} WHEN 0 THEN 'gold' WHEN 1 THEN 'silver' ELSE 'basic' END"
    bought = '\'{"plan": "\' || ' + plan + " || '\", \"order\": ' || i || '}'"
    titles = f"CASE WHEN {has_label} THEN " + "'[\"label-' || " + label + " || '\"]' ELSE '[]' END"
    ends = f"{at} + {each * 20}"
    waits = f"CASE WHEN {luck} >= 93 AND {_chance('i', 3, 14)} > 0 THEN {_moment(ends)} END"
    answered = f"CASE WHEN {_chance('i', 20, 15)} > 0 THEN {_moment(at + ' + 60')} END"
    return [
        "INSERT INTO conversations_conversation (id, account_id, inbox_id, contact_id, contact_inbox_id, display_id, uuid,"
        " status, close_reason, priority, assignee_id, team_id, additional_attributes, custom_attributes, label_titles,"
        " first_reply_created_at, waiting_since, last_activity_at, last_incoming_at, unread_count, last_message_id,"
        " last_non_activity_message_id, version, created_at, updated_at)"
        f" SELECT i, 1, ci.inbox_id, ci.contact_id, ci.id, i, {_uuid('i')}, {status}, '', {priority}, {assignee},"
        f" {team}, {_json(_PAGE)}, {_json(bought)},"
        f" {_json(titles)}, {answered}, {waits},"
        f" {_moment(ends)}, {_moment(ends)}, {_chance('i', 5, 16)}, i * {each}, i * {each}, 1, {_moment(at)},"
        f" {_moment(ends)} FROM {_numbers(count)} JOIN contacts_contactinbox ci ON ci.id = 1 + {_chance('i', contacts, 17)}",
        "INSERT INTO conversations_conversationlabel (conversation_id, label_id)"
        f" SELECT i, 1 + {label} FROM {_numbers(count)} WHERE {has_label}",
        _messages(f"i <= {count * each}", count * each, f"(i + {each - 1}) / {each}", sentences),
        _messages(f"i > {count * each}", count * each + 2_000, str(_LONG), sentences),
        f"UPDATE conversations_conversation SET last_message_id = {count * each + 2_000},"
        f" last_non_activity_message_id = {count * each + 2_000} WHERE id = {_LONG}",
        "INSERT INTO conversations_participant (account_id, conversation_id, user_id, created_at)"
        f" SELECT 1, i, 2 + {_chance('i', AGENTS, 18)}, {_moment(str(moment))} FROM {_numbers(count)}"
        f" WHERE {_chance('i', 25, 19)} = 0",
        "INSERT INTO conversations_mention (account_id, conversation_id, user_id, message_id, mentioned_at)"
        f" SELECT 1, i, 1 + {_chance('i', AGENTS + 1, 20)}, i * {each}, {_moment(str(moment))} FROM {_numbers(count)}"
        f" WHERE {_chance('i', 25, 21)} = 0",
        f"UPDATE accounts_account SET last_display_id = {count}",
    ]


def _messages(which: str, upto: int, conversation: str, sentences: int) -> str:
    parity = "(i % 2)"
    return (
        "INSERT INTO conversations_message (id, account_id, inbox_id, conversation_id, message_type, private, content,"
        " processed_content, content_type, content_attributes, additional_attributes, status, sender_type, sender_id,"
        " has_attachments, version, created_at, updated_at)"
        f" SELECT n.i, 1, c.inbox_id, c.id, 1 - {parity}, false, a.text || ' ' || b.text || ' ' || n.i, '', 'text',"
        f" {_json(_NOTHING)}, {_json(_NOTHING)}, 0, CASE {parity} WHEN 1 THEN 'Contact' ELSE 'User' END,"
        f" CASE {parity} WHEN 1 THEN c.contact_id ELSE 1 END, false, 1, c.created_at, c.created_at"
        f" FROM {_numbers(upto)} JOIN conversations_conversation c ON c.id = {conversation}"
        f" JOIN grown_sentence a ON a.number = n.i % {sentences}"
        f" JOIN grown_sentence b ON b.number = {_chance('n.i', sentences, 22)}"
        f" WHERE {which}"
    )


_FILLED = (
    "contacts_contact",
    "contacts_contactinbox",
    "conversations_conversation",
    "conversations_message",
)


def _go_on_after(cursor: object) -> None:
    """PostgreSQL counts ids in sequences, which a given id does not move."""
    if connection.vendor != "postgresql":
        return
    for table in _FILLED:
        cursor.execute(  # type: ignore[attr-defined]
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
        )
