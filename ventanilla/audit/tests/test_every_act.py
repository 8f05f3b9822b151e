"""Every write route of administrators, and every route that gives out exports, raw mail or secrets, walked: each leaves an
entry in the audit log. A new route that leaves none fails here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ventanilla.accounts import installation
from ventanilla.accounts.commands.invitations import invite
from ventanilla.accounts.models import Installation, Role, TeamMember, User
from ventanilla.api.tests.test_permissions import ADMINISTRATORS_ONLY
from ventanilla.api.tests.test_strangers import ROUTES, address, body_for
from ventanilla.audit.consumers import AuditLog
from ventanilla.audit.models import AuditEntry
from ventanilla.contacts.models import ContactImport
from ventanilla.conversations.models import Message
from ventanilla.delivery import in_tray
from ventanilla.delivery.models import Incoming
from ventanilla.events.consumer import drain_log as drain
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.models import Inbox, InboxMember
from ventanilla.kit.clock import now
from ventanilla.limits.selectors import limits
from ventanilla.onboarding.commands import end_first_steps, make_sample
from ventanilla.service_levels.models import SlaPolicy
from ventanilla.testing.standing import *  # noqa: F403

pytestmark = pytest.mark.django_db

# What changes nothing that lasts, or cannot be done by this walk; why, or where it is proven, stands beside it.
NO_ACTS = {
    "look_into_mailbox": "looks earlier than the clock would",
    "use_channel_tool": "tries a form; what it changes of an inbox is inbox.updated",
    "authorize_google": "begins a sign-in; its end is inbox.created or inbox.updated",
    "authorize_microsoft": "begins a sign-in; its end is inbox.created or inbox.updated",
    "test_own_mail_server": "sends the caller a mail, keeps nothing",
    "look_at_page": "asks whether a page has the line",
    "resend_invitation": "the same invitation once more",
    "desk_change_import": "nothing is written before it starts",
    "desk_import_seen": "the caller has looked at how it ended",
    "set_inbox_bot": "only none can be given, to an inbox that has none",
    "desk_try_role": "counts whom a role would concern, keeps nothing",
    "desk_ask_for_second_step": "only from a browser: signin/tests/test_second_step_rule.py",
    "desk_view_as": "only from a browser: test_audit.py",
    "check_sign_in_provider": "asks a provider, keeps nothing",
    "set_only_single_sign_on": "only from a browser: signin/tests/test_single_sign_on.py",
    "add_sign_in_provider": "only from a browser: the same",
    "change_sign_in_provider": "only from a browser: the same",
    "remove_sign_in_provider": "only from a browser: the same",
    "unlink_person_of_provider": "only from a browser: the same",
    "switch_plugin": "needs a package: e2e/test_desk_plugins.py",
}
TAKES = {"desk_export_contacts", "show_incoming_raw", "show_message_source", "desk_import_refused_file",
         "download_survey_responses", "download_audit_entries", "hand_over_link"}  # fmt: skip
WALKED = [
    row
    for row in ROUTES
    if (row[2] in ADMINISTRATORS_ONLY and row[0] != "GET" and row[2] not in NO_ACTS) or row[2] in TAKES
]
MAIL = b"From: Carla <carla@example.com>\r\nTo: s@acme.example\r\nSubject: Hola\r\nMessage-ID: <1@x>\r\n\r\nHola\r\n"
Ready = Callable[[dict[str, Any], Any, Any], dict[str, Any]]


def _keeper(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    Installation.objects.update_or_create(defaults={"account": acme, "base_url": "https://desk.example"})
    installation.forget()
    return {"base_url": "https://help.example", "host": "smtp.acme.example", "sender": "desk@acme.example"}


def _mail_server(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    body = _keeper(things, acme, admin)
    kept = {
        "host": "old.example",
        "port": 587,
        "security": "starttls",
        "user": "",
        "password": "",
        "sender": "a@b.example",
    }
    Installation.objects.update(mail_server=kept)
    return body


def _invited(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    _keeper(things, acme, admin)
    how = {"name": "Nadia", "role": Role.AGENT, "availability": "online", "auto_offline": True}
    things["user_id"] = invite(acme, email="nadia@acme.example", by=admin, **how).user_id
    return {}


def _channel(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    return {"name": "Otra", "channel": {"type": "api"}}


def _import_in(state: str) -> Ready:
    def ready(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
        ContactImport.objects.filter(pk=things["import_id"]).update(
            state=state, read=1, created=1, finished_at=now()
        )
        return {}

    return ready


def _sheet(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    return {
        "import_file": SimpleUploadedFile(
            "c.csv", b"Nombre;Correo\nAna;a@example.com\n", content_type="text/csv"
        )
    }


def _mail_inbox(things: dict[str, Any], acme: Any) -> Any:
    inbox = create_inbox(acme, name="Soporte", channel={"type": "email", "email": "s@acme.example"}, by=None)
    things["inbox_id"] = inbox.pk
    return inbox


def _letter(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    things["incoming_id"] = in_tray.keep(b"no mail", channel="email", inbox=_mail_inbox(things, acme)).pk
    return {}


def _quarantined(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    _letter(things, acme, admin)
    Incoming.objects.filter(pk=things["incoming_id"]).update(state=Incoming.State.QUARANTINED)
    return {}


def _message(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    row = in_tray.keep_and_read(MAIL, channel="email", inbox=_mail_inbox(things, acme))
    message = Message.objects.get(pk=Incoming.objects.get(pk=row.pk).message_id)
    things["message_id"], things["conversation_id"] = message.pk, message.conversation.display_id
    return {}


def _file(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    _mail_inbox(things, acme)
    return {"file": SimpleUploadedFile("a.eml", MAIL, content_type="message/rfc822")}


def _people(*, emails: list[str] | None = None, user: str = "") -> Ready:
    def ready(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
        if emails:
            return {"emails": emails}
        return {"user_ids": [User.objects.get(email=f"{user}@acme.example").pk]}

    return ready


def _team_of_bruno(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    bruno = User.objects.get(email="bruno@acme.example").pk
    TeamMember.objects.get_or_create(team_id=things["team_id"], user_id=bruno)
    return {"user_ids": [bruno]}


def _nobody_there(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    InboxMember.objects.filter(inbox_id=things["inbox_id"]).delete()
    return _people(user="bruno")(things, acme, admin)


def _pictured(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    Inbox.objects.filter(pk=things["inbox_id"]).update(avatar="avatars/a.png")
    return {}


def _ended(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    end_first_steps(acme, by=admin)
    return {}


def _size(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    _keeper(things, acme, admin)
    size = next(one for one in limits() if one.may_be_set and one.ceiling > one.least)
    things["limit"] = size.name
    return {"value": size.least}


def _sample(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    make_sample(acme, by=admin)
    return {}


def _deleted_policy(things: dict[str, Any], acme: Any, admin: Any) -> dict[str, Any]:
    SlaPolicy.objects.filter(pk=things["sla_policy_id"]).update(deleted_at=now())
    return {}


# What has to be there first, and what is sent.
READY: dict[str, Ready] = {
    "update_installation": _keeper, "set_own_mail_server": _keeper, "forget_own_mail_server": _mail_server,
    "hand_over_link": _invited, "create_inbox": _channel,
    "import_contacts": _sheet, "desk_begin_import": _sheet, "desk_start_import": _import_in("checked"),
    "desk_stop_import": _import_in("importing"), "desk_undo_import": _import_in("done"),
    "run_incoming_again": _letter, "discard_incoming": _quarantined, "hurry_own_mail": _keeper,
    "show_incoming_raw": _letter, "show_message_source": _message,
    "hand_over_mail": _file, "bulk_create_agents": _people(emails=["nora@acme.example"]),
    "add_team_members": _people(user="bruno"), "set_team_members": _people(user="bruno"),
    "remove_team_members": _team_of_bruno, "add_inbox_members": _nobody_there,
    "remove_inbox_members": _people(user="bruno"), "delete_inbox_avatar": _pictured,
    "resume_first_steps": _ended, "remove_sample_conversation": _sample,
    "set_limit": _size, "restore_sla_policy": _deleted_policy,
}  # fmt: skip


@pytest.mark.feature("Z-16", "A-10")
@pytest.mark.parametrize("route", WALKED, ids=[f"{row[0]} {row[2]}" for row in WALKED])
def test_each_act_of_administration_leaves_an_entry(
    route, things: dict[str, Any], acme, admin, api, settings
):
    settings.BASE_URL = ""
    method, path, operation = route
    given = READY[operation](things, acme, admin) if operation in READY else {}
    drain([AuditLog()])
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    where = address(path, things)
    if any(isinstance(value, SimpleUploadedFile) for value in given.values()):
        answer = api(admin).post(where, form=given)
    else:
        answer = api(admin).call(
            method, where, None if method == "GET" else {**body_for(path, things), **given}
        )
    assert answer.status_code < 300, getattr(answer, "content", b"")

    drain([AuditLog()])

    new = AuditEntry.objects.exclude(pk__in=before)
    assert [(row.actor_id, row.account_id, row.address, row.way) for row in new[:1]] == [
        (admin.pk, acme.pk, "127.0.0.1", "token")
    ]
