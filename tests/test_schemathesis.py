"""Whatever fits our own OpenAPI document, and much that does not, is answered without a fault of ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance

from ventanilla.accounts.commands.teams import create_team
from ventanilla.accounts.models import AccessToken
from ventanilla.attributes.commands import create_definition
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.commands.notes import create_note
from ventanilla.conversations.commands import NewMessage, post_message, start_conversation
from ventanilla.conversations.commands.scheduled import schedule_message
from ventanilla.kit.clock import now
from ventanilla.labels.commands import create_label
from ventanilla.testing.described import document
from ventanilla.testing.standing import *  # noqa: F403

EXAMPLES = int(os.environ.get("VENTANILLA_SCHEMATHESIS_EXAMPLES", "8"))
DOCUMENT = document()
SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)
SCHEMA.app = get_wsgi_application()
OPERATIONS = [operation.ok() for operation in SCHEMA.get_all_operations()]


@pytest.fixture
def things(acme, admin, ana, bruno, carla, web_inbox) -> dict[str, Any]:
    """One of each thing, as path parameters."""
    conversation = start_conversation(create_contact_inbox(carla, inbox=web_inbox), by=None)
    return {
        "account_id": acme.pk,
        "user_id": bruno.pk,
        "team_id": create_team(acme, name="any input", by=admin).pk,
        "label_id": create_label(acme, title="any-input", by=admin).pk,
        "definition_id": create_definition(acme, key="any_input", display_name="Any input", by=admin).pk,
        "inbox_id": web_inbox.pk,
        "contact_id": carla.pk,
        "note_id": create_note(carla, content="note", by=ana).pk,
        "conversation_id": conversation.display_id,
        "message_id": post_message(conversation, NewMessage("Hola"), by=ana).pk,
        "mode": "reply",
        "scheduled_id": schedule_message(
            conversation, by=ana, content="Luego", send_at=now() + timedelta(days=1)
        ).pk,
    }


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A request closes old connections when it begins and ends; ours carries the test's transaction."""
    for moment in (request_started, request_finished):
        moment.disconnect(close_old_connections)
    yield
    for moment in (request_started, request_finished):
        moment.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_any_input_is_answered_without_a_fault_and_as_documented(operation, things, admin):
    # Its client reads answers as they come; compressed ones have tests of their own.
    headers = {"api_access_token": AccessToken.objects.get(user=admin).sealed, "Accept-Encoding": "identity"}

    @hypothesis.settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(case=operation.as_strategy(), anywhere=st.booleans())
    def check(case: schemathesis.Case, anywhere: bool) -> None:
        # Most made-up ids lead nowhere: half of the time they are those of things that are there.
        for name, value in things.items():
            if name in case.path_parameters and (not anywhere or name == "account_id"):
                case.path_parameters[name] = value
        before = transaction.savepoint()
        answer = case.call(headers=headers)
        transaction.savepoint_rollback(before)
        case.validate_response(answer, checks=[not_a_server_error, response_schema_conformance])

    check()
