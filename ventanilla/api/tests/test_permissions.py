"""Who may call which route: the permission matrix (F.25) and decision Q-15, walked over every operation that exists.

What a role may not do is 401 on the contract's routes and 403 on the desk's own; what one may not see is 404; a list is
never refused on the contract's routes, because the mobile app signs out on any 401. An operation that is named nowhere
here is open to agents, and to analysts if it only reads: the walk fails for a new one that is not.
"""

from __future__ import annotations

import re

import pytest

from ventanilla.api.tests.test_strangers import ROUTES, WITH_IDS, address, call
from ventanilla.inboxes.commands.members import set_inbox_members
from ventanilla.kit.clock import now
from ventanilla.testing.standing import *  # noqa: F403

pytestmark = pytest.mark.django_db

ADMINISTRATORS_ONLY = {
    "update_account",
    "create_agent", "bulk_create_agents", "update_agent", "delete_agent", "resend_invitation",
    "create_team", "update_team", "delete_team", "add_team_members", "set_team_members", "remove_team_members",
    "create_label", "show_label", "update_label", "delete_label",
    "create_inbox", "update_inbox", "delete_inbox", "delete_inbox_avatar", "set_inbox_bot",
    "add_inbox_members", "set_inbox_members", "remove_inbox_members",
    "authorize_google", "authorize_microsoft",
    "delete_contact", "delete_conversation",
    "create_custom_role", "show_custom_role", "update_custom_role", "delete_custom_role",
    "desk_roles", "desk_create_role", "desk_try_role", "desk_update_role", "desk_remove_role",
    "desk_view_as", "desk_second_step_rule", "desk_ask_for_second_step",
    # the desk's own
    "list_incoming", "run_incoming_again", "discard_incoming",
    "show_incoming_raw", "hand_over_mail", "show_mailbox", "look_into_mailbox",
    "list_plugins", "switch_plugin", "use_channel_tool", "new_channel_form", "inbox_channel_form",
    "account_settings_form", "inbox_settings_form",
    "show_first_steps", "end_first_steps", "resume_first_steps", "make_sample_conversation", "remove_sample_conversation",
    "look_at_page",
    "show_installation", "update_installation", "set_own_mail_server", "forget_own_mail_server", "test_own_mail_server",
    "list_invitations", "hand_over_link", "list_warnings",
    "show_health", "list_set_aside", "retry_set_aside", "drop_set_aside", "hurry_own_mail", "show_alert_key",
    "show_single_sign_on", "set_only_single_sign_on", "add_sign_in_provider", "change_sign_in_provider",
    "remove_sign_in_provider", "check_sign_in_provider", "list_people_of_provider", "unlink_person_of_provider",
    "list_limits", "set_limit",
    "create_sla_policy", "update_sla_policy", "delete_sla_policy", "restore_sla_policy",
    "desk_service_levels", "set_service_level", "holiday_countries", "holidays_of",
    "audit_logs", "list_audit_entries", "audit_choices", "download_audit_entries",
    "import_contacts", "export_contacts", "desk_export_contacts",
    "desk_contact_imports", "desk_begin_import", "desk_contact_import", "desk_change_import",
    "desk_discard_import", "desk_start_import", "desk_stop_import", "desk_undo_import", "desk_import_edited",
    "desk_import_refused", "desk_import_refused_file", "desk_ended_imports", "desk_import_seen",
}  # fmt: skip
FROM_A_BROWSER = {  # takes a fresh proof, which no token gives
    "desk_ask_for_second_step", "set_only_single_sign_on", "add_sign_in_provider",
}  # fmt: skip
EXPORTS = {
    "list_exports", "begin_export", "tally_export", "show_export", "cancel_export", "repeat_export", "take_export",
    "fetch_export",
}  # fmt: skip
# Analysts read them, agents do not.
REPORTS = EXPORTS | {
    "survey_metrics",
    "download_survey_responses",
    "applied_sla_metrics",
    "download_applied_slas",
}
# POST routes that change nothing but the caller's own things, or nothing at all: an analyst may use them.
# (update_last_seen answers an analyst and marks nothing: apps call it whenever a conversation is opened.)
OWN_OR_READING = re.compile(
    r"/(update_active_at|update_last_seen|contacts/filter|conversations/filter|contact_inboxes/filter)$|/view_as$|notification|custom_filters|/folders|/boards|/exports"
)
Route = tuple[str, str, str]


def is_open(route: Route, role: str) -> bool:
    """What F.25 says, with the analyst beside it: reads everything an agent reads, and reports, and changes nothing."""
    method, path, operation = route
    if role == "administrator":
        return True
    if operation in ADMINISTRATORS_ONLY:
        return False
    if role == "agent":
        return operation not in REPORTS
    return method == "GET" or bool(OWN_OR_READING.search(path))


def closed(route: Route) -> int:
    """How it says no."""
    return 403 if route[1].startswith("/api/desk/") else 401


@pytest.mark.feature("A-10", "X-02")
@pytest.mark.parametrize("role", ["administrator", "agent", "analyst"])
@pytest.mark.parametrize("route", ROUTES, ids=[f"{row[0]} {row[2]}" for row in ROUTES])
def test_eachoperation_is_open_or_closed_as_the_matrix_says(route, role, things, admin, ana, vera, api):
    method, path, operation = route
    caller = api({"administrator": admin, "agent": ana, "analyst": vera}[role])
    answer = call(caller, method, address(path, things), things)
    if role == "administrator" and operation in FROM_A_BROWSER:
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorised")
    elif is_open(route, role):
        assert answer.status_code not in {401, 403}, answer.content
    else:
        assert (answer.status_code, bool(answer.json()["error"])) == (closed(route), True), answer.content


LISTS = [
    row
    for row in ROUTES
    if row[0] == "GET"
    and row[1].startswith("/api/v1/")
    and row[2].startswith(("list_", "notifications_list"))
]


@pytest.mark.parametrize("role", ["agent", "analyst"])
@pytest.mark.parametrize("route", LISTS, ids=lambda row: row[2])
def test_a_list_of_the_contract_is_never_refused(route, role, things, ana, vera, api):
    method, path, _operation = route
    answer = call(api(ana if role == "agent" else vera), method, address(path, things), things)
    assert answer.status_code == 200, answer.content


@pytest.mark.feature("I-12")
@pytest.mark.parametrize(
    "route",
    [row for row in WITH_IDS if "{inbox_id}" in row[1] or "{conversation_id}" in row[1]],
    ids=lambda row: row[2],
)
def test_what_one_may_not_see_is_not_found_unless_the_role_is_refused_first(
    route, things, bruno, ana, web_inbox, api
):
    set_inbox_members(web_inbox, user_ids=[ana.pk], by=None)
    method, path, _operation = route
    answer = call(api(bruno), method, address(path, things), things)
    expected = 404 if is_open(route, "agent") else closed(route)
    assert answer.status_code == expected, answer.content


def test_the_desks_routes_take_a_slash_at_the_end_and_put_for_patch(things, ana, api):
    base = f"/api/desk/accounts/{things['account_id']}/conversations/{things['conversation_id']}"
    for method, tail in (
        ("GET", "scheduled/"),
        ("PUT", f"scheduled/{things['scheduled_id']}"),
        ("PUT", "drafts/reply/"),
    ):
        body = {"send_at": int(now().timestamp()) + 86_400, "content": "Hola"} if method == "PUT" else None
        assert api(ana).call(method, f"{base}/{tail}", body).status_code == 200, tail


def test_every_closed_operation_exists():
    assert {row[2] for row in ROUTES} >= ADMINISTRATORS_ONLY | REPORTS
