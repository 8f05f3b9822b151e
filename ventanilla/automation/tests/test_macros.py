"""Macros: whose they are, what they do, step by step, once, and back again (U-06, U-07, U-08)."""

from __future__ import annotations

from io import BytesIO

import pytest

from ventanilla.accounts.models import Membership
from ventanilla.automation import jobs
from ventanilla.automation.action import Action
from ventanilla.automation.actions.resolve_conversation import ResolveConversation
from ventanilla.automation.commands.runs import advance
from ventanilla.automation.models import Macro, MacroFile, MacroRun, MacroStep
from ventanilla.conversations.models import Attachment, Message, Status
from ventanilla.conversations.tests.scenes import fresh, talk, texts
from ventanilla.delivery.models import Outgoing
from ventanilla.inboxes.models import InboxMember
from ventanilla.kit import storage
from ventanilla.testing.cast import in_account

pytestmark = pytest.mark.django_db

CLOSE = [{"action_name": "add_label", "action_params": ["pagado"]}, {"action_name": "resolve_conversation"}]


@pytest.fixture
def macros(acme, api):
    """`macros(ana, "POST", {...}, "/3")` by the contract, `desk="…"` by the desk."""

    def call(who, method="GET", body=None, rest="", *, desk=None):
        path = f"/api/desk/accounts/{acme.pk}/{desk}" if desk else in_account(acme, f"macros{rest}")
        return api(who).call(method, path, body)

    return call


@pytest.fixture
def conversation(carla, web_inbox):
    return talk(carla, web_inbox, "Hola")


def made(macros, who, actions=CLOSE, **more):
    answer = macros(who, "POST", {"name": "Cerrar", "visibility": "global", "actions": actions} | more)
    assert answer.status_code == 200, answer.content
    return answer.json()["payload"]


def run(macros, who, macro, *conversations) -> dict:
    body = {"conversation_ids": [one.display_id for one in conversations]}
    answer = macros(who, "POST", body, desk=f"macros/{macro['id']}/run")
    assert answer.status_code == 200, answer.content
    jobs.run_macros()
    return macros(who, desk=f"macro_runs/{answer.json()['id']}").json()


def states(run: dict) -> list[str]:
    return [step["state"] for step in run["steps"]]


@pytest.mark.feature("U-06")
def test_a_macro_does_its_actions_in_order_and_tells_of_each(macros, ana, conversation):
    actions = [
        {"action_name": "assign_agent", "action_params": ["self"]},
        {"action_name": "add_label", "action_params": ["pagado"]},
        {"action_name": "change_priority", "action_params": ["high"]},
        {"action_name": "add_private_note", "action_params": ["Pagó {{contact.first_name}}"]},
        {"action_name": "send_message", "action_params": ["Gracias, {{contact.first_name}}"]},
        {"action_name": "resolve_conversation", "action_params": []},
    ]
    done = run(macros, ana, made(macros, ana, actions), conversation)

    assert done["state"] == "done"
    assert [step["action_name"] for step in done["steps"]] == [one["action_name"] for one in actions]
    assert states(done) == ["done"] * 6
    now = fresh(conversation)
    assert (now.assignee_id, now.label_titles, now.status) == (ana.pk, ["pagado"], Status.RESOLVED)
    assert texts(conversation)[1:3] == ["Pagó Carla", "Gracias, Carla"]
    assert Message.objects.filter(content="Gracias, Carla", sender_id=ana.pk).exists()


@pytest.mark.feature("U-06")
def test_one_that_fails_says_why_and_the_others_follow(macros, admin, bruno, conversation, web_inbox):
    actions = [{"action_name": "assign_agent", "action_params": [bruno.pk]}, *CLOSE]
    macro = made(macros, admin, actions)
    InboxMember.objects.filter(inbox=web_inbox, user=bruno).delete()

    done = run(macros, admin, macro, conversation)

    assert states(done) == ["failed", "done", "done"]
    assert done["steps"][0]["reason"]


@pytest.mark.feature("U-06")
def test_a_run_is_taken_back_in_one(macros, ana, bruno, conversation):
    actions = [*CLOSE, {"action_name": "send_message", "action_params": ["Adiós"]}]
    done = run(macros, ana, made(macros, ana, actions), conversation)
    assert [step["can_be_undone"] for step in done["steps"]] == [True, True, False]

    assert macros(bruno, "POST", desk=f"macro_runs/{done['id']}/undo").status_code == 404
    macros(ana, "POST", desk=f"macro_runs/{done['id']}/undo")
    jobs.run_macros()

    back = macros(ana, desk=f"macro_runs/{done['id']}").json()
    assert (back["state"], states(back)) == ("undone", ["undone", "undone", "done"])
    now = fresh(conversation)
    assert (now.label_titles, now.status) == ([], Status.OPEN)
    assert macros(ana, "POST", desk=f"macro_runs/{done['id']}/undo").json()["state"] == "undone"


@pytest.mark.feature("U-06")
def test_nothing_is_taken_back_in_a_channel_that_is_theirs_no_more(macros, ana, conversation, web_inbox):
    done = run(macros, ana, made(macros, ana), conversation)
    InboxMember.objects.filter(inbox=web_inbox, user=ana).delete()
    macros(ana, "POST", desk=f"macro_runs/{done['id']}/undo")
    jobs.run_macros()
    back = macros(ana, desk=f"macro_runs/{done['id']}").json()
    assert states(back) == ["done", "done"]
    assert all(step["reason"] for step in back["steps"])
    assert fresh(conversation).status == Status.RESOLVED


@pytest.mark.feature("U-06", "Z-29")
def test_a_macro_sends_no_more_copies_than_people_send_one_by_one(macros, ana, conversation, settings):
    settings.RATE_LIMITS_ENABLED = True
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "transcripts_per_account": "2/1h"}
    addresses = ", ".join(f"copy{number}@example.com" for number in range(3))
    copies = [{"action_name": "send_email_transcript", "action_params": [addresses]}]
    assert states(run(macros, ana, made(macros, ana, copies), conversation)) == ["failed"]


@pytest.mark.feature("U-07", "Z-29")
def test_a_macro_knocks_at_a_webhook_no_oftener_than_the_limit(macros, ana, conversation, settings):
    settings.RATE_LIMITS_ENABLED = True
    settings.RATE_LIMITS = {**settings.RATE_LIMITS, "action_webhooks_per_account": "2/1h"}
    calls = [{"action_name": "send_webhook_event", "action_params": ["https://hooks.example/in"]}]
    macro = made(macros, ana, calls)
    ran = [states(run(macros, ana, macro, conversation)) for _time in range(3)]
    assert ran == [["done"], ["done"], ["failed"]]
    assert Outgoing.objects.filter(kind="webhook", destination__contains="hooks.example").count() == 2


@pytest.mark.feature("U-06")
def test_a_killed_worker_leaves_no_step_half_done_and_none_is_done_twice(
    macros, ana, conversation, monkeypatch
):
    actions = [{"action_name": "send_message", "action_params": ["Uno"]}, *CLOSE]
    macro = made(macros, ana, actions)
    body = {"conversation_ids": [conversation.display_id]}
    run_id = macros(ana, "POST", body, desk=f"macros/{macro['id']}/run").json()["id"]

    class Killed(BaseException):
        pass

    def dies(self: Action, conversation: object) -> None:
        real(self, conversation)
        raise Killed  # after the change, before it is marked

    real = ResolveConversation.apply
    monkeypatch.setattr(ResolveConversation, "apply", dies)
    with pytest.raises(Killed):
        jobs.run_macros()
    assert states(macros(ana, desk=f"macro_runs/{run_id}").json()) == ["done", "done", "waiting"]
    assert fresh(conversation).status == Status.OPEN

    monkeypatch.setattr(ResolveConversation, "apply", real)
    jobs.run_macros()
    assert jobs.run_macros() == 0
    assert not advance(run_id)
    assert texts(conversation).count("Uno") == 1
    assert fresh(conversation).status == Status.RESOLVED


@pytest.mark.feature("U-07")
def test_a_macro_sends_a_file_a_copy_by_mail_and_a_webhook(macros, api, acme, ana, conversation):
    blob = storage.store(BytesIO(b"%PDF-1.4 terms"), filename="terms.pdf")
    actions = [
        {"action_name": "send_attachment", "action_params": [storage.signed_id(blob)]},
        {"action_name": "send_email_transcript", "action_params": ["{{contact.email}}"]},
        {"action_name": "send_webhook_event", "action_params": ["https://hooks.example/in"]},
    ]
    macro = made(macros, ana, actions)
    (file,) = macro["files"]
    assert (file["filename"], file["macro_id"]) == ("terms.pdf", macro["id"])

    assert states(run(macros, ana, macro, conversation)) == ["done"] * 3
    assert states(run(macros, ana, macro, conversation)) == ["done"] * 3
    # Each message has a copy: what one lets go of, the macro still has.
    sent = list(Attachment.objects.values_list("file", flat=True))
    assert len({*sent, MacroFile.objects.get().file.name}) == 3
    hooks = list(Outgoing.objects.filter(kind="webhook", destination__contains="hooks.example"))
    assert len(hooks) == 2
    assert hooks[0].payload["event"] == "macro_event.Cerrar"

    # Another file in its place: the first one goes.
    key = MacroFile.objects.get().file.name
    changed = macros(ana, "PATCH", {"actions": CLOSE}, f"/{macro['id']}").json()["payload"]
    assert "files" not in changed
    assert not storage.exists(key)


def test_a_file_of_a_macro_survives_the_sweep_of_unused_uploads(macros, ana, monkeypatch):
    from datetime import timedelta

    from ventanilla.conversations import jobs as sweeping
    from ventanilla.kit import clock

    blob = storage.store(BytesIO(b"%PDF-1.4 terms"), filename="terms.pdf")
    key = storage.new_key(folder=storage.DIRECT_FOLDER)
    with storage.open_blob(blob) as content:
        storage.default_storage.save(key, content)
    direct = storage.Blob(key=key, filename="terms.pdf", content_type="application/pdf", byte_size=14)
    made(macros, ana, [{"action_name": "send_attachment", "action_params": [storage.signed_id(direct)]}])

    later = clock.now() + timedelta(days=3)
    monkeypatch.setattr(sweeping, "now", lambda: later)
    sweeping.delete_unused_uploads()
    assert storage.exists(key)


@pytest.mark.feature("U-08")
def test_no_one_else_sees_or_runs_a_personal_one(macros, ana, bruno, admin, conversation):
    macro = made(macros, ana, visibility="personal")

    assert [len(macros(who).json()["payload"]) for who in (ana, bruno, admin)] == [1, 0, 0]
    body = {"conversation_ids": [conversation.display_id]}
    for who in (bruno, admin):
        assert macros(who, rest=f"/{macro['id']}").status_code == 404
        assert macros(who, "PATCH", {"name": "x"}, f"/{macro['id']}").status_code == 404
        assert macros(who, "DELETE", rest=f"/{macro['id']}").status_code == 404
        assert macros(who, "POST", body, f"/{macro['id']}/execute").status_code == 404
        assert macros(who, "POST", desk=f"macros/{macro['id']}/restore").status_code == 404
    assert not MacroRun.objects.exists()


@pytest.mark.feature("U-08")
def test_agents_make_personal_ones_and_administrators_share(macros, ana, bruno, admin):
    assert made(macros, ana, visibility="global")["visibility"] == "personal"
    shared = made(macros, admin, name="Compartida")
    assert (shared["visibility"], shared["created_by"]["id"]) == ("global", admin.pk)
    listed = macros(bruno).json()["payload"]
    assert [(one["name"], one["can_update"], one["can_delete"]) for one in listed] == [
        ("Compartida", False, False)
    ]
    assert macros(bruno, "PATCH", {"name": "x"}, f"/{shared['id']}").status_code == 401
    assert macros(bruno, "DELETE", rest=f"/{shared['id']}").status_code == 401


def test_a_deleted_macro_can_be_brought_back(macros, ana):
    macro = made(macros, ana, visibility="personal")
    assert macros(ana, "DELETE", rest=f"/{macro['id']}").content == b""
    assert macros(ana).json()["payload"] == []
    assert macros(ana, "POST", desk=f"macros/{macro['id']}/restore").status_code == 200
    assert len(macros(ana).json()["payload"]) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "name"),
        ({"visibility": "world"}, "visibility"),
        ({"actions": []}, "actions"),
        ({"actions": "x"}, "actions"),
        ({"actions": [{"action_name": "explode"}]}, "actions"),
        ({"actions": [{"action_name": "send_message", "action_params": []}]}, "actions"),
        ({"actions": [{"action_name": "send_attachment", "action_params": ["made up"]}]}, "actions"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(macros, ana, wrong, field):
    answer = macros(ana, "POST", {"name": "Cerrar", "actions": CLOSE} | wrong)

    assert answer.status_code == 422
    assert answer.json()["error"][field]
    assert not Macro.objects.exists()


@pytest.mark.feature("U-06")
def test_whoever_runs_it_may_do_no_more_than_else(
    macros, acme, ana, vera, admin, carla, web_inbox, conversation
):
    macro = made(macros, admin)
    body = {"conversation_ids": [conversation.display_id]}
    assert macros(vera, "POST", body, f"/{macro['id']}/execute").status_code == 401
    run_id = macros(ana, "POST", body, desk=f"macros/{macro['id']}/run").json()["id"]
    InboxMember.objects.filter(user=ana).delete()  # between the order and the deed
    jobs.run_macros()
    assert states(macros(ana, desk=f"macro_runs/{run_id}").json()) == ["failed", "failed"]
    assert macros(ana, "POST", body, f"/{macro['id']}/execute").status_code == 404
    assert fresh(conversation).label_titles == []

    InboxMember.objects.create(inbox=web_inbox, user=ana)
    run_id = macros(ana, "POST", body, desk=f"macros/{macro['id']}/run").json()["id"]
    Membership.objects.filter(account=acme, user=ana).delete()
    jobs.run_macros()
    assert set(MacroStep.objects.filter(run=run_id).values_list("state", flat=True)) == {"failed"}


def test_the_list_is_read_in_as_many_queries_whatever_its_length(macros, ana, count_queries):
    made(macros, ana)
    before = count_queries(lambda: macros(ana))
    for number in range(4):
        made(macros, ana, name=f"M{number}")
    assert count_queries(lambda: macros(ana)) == before
