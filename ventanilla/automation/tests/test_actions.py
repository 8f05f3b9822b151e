"""Every action keeps what the base class promises; and what plans of them come to."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any, ClassVar

import pytest
import time_machine
from django.utils import translation

from ventanilla.accounts.commands.teams import create_team
from ventanilla.accounts.models import User
from ventanilla.accounts.policies import Capability
from ventanilla.automation import performing, registry
from ventanilla.automation.action import Acting, Action, Parameter, Step
from ventanilla.automation.errors import NotAll, UnknownAction
from ventanilla.conversations import commands
from ventanilla.conversations.models import Attachment, Conversation, Message, MessageType, Priority, Status
from ventanilla.conversations.tests.scenes import talk
from ventanilla.delivery.models import Outgoing
from ventanilla.kit import storage
from ventanilla.kit.clock import from_epoch
from ventanilla.kit.errors import Invalid, NotFound, Unauthorised
from ventanilla.service_levels.commands import create_policy
from ventanilla.service_levels.models import SlaPolicy
from ventanilla.testing.cast import membership

ACTIONS = registry.actions()
_COLUMNS = (
    "status",
    "snoozed_until",
    "priority",
    "assignee_id",
    "team_id",
    "label_titles",
    "contact__blocked",
)


@pytest.fixture
def acting(acme, ana) -> Acting:
    return Acting(account=acme, by=ana, member=membership(acme, ana))


@pytest.fixture
def conversation(acme, carla, web_inbox, ana, bruno) -> Conversation:
    """One that has something in every column an action changes."""
    made = talk(carla, web_inbox)
    team = create_team(acme, name="Support", by=None)
    commands.set_labels(made, titles=["old"], by=None)
    commands.assign_team(made, team=team, by=None)
    commands.assign_agent(made, assignee=bruno, by=None)
    commands.set_priority(made, priority=Priority.HIGH, by=None)
    return again(made)


def again(conversation: Conversation) -> Conversation:
    return Conversation.objects.select_related("account", "inbox", "contact", "contact_inbox").get(
        pk=conversation.pk
    )


def an_upload() -> str:
    return storage.signed_id(storage.store(BytesIO(b"%PDF-1.4 terms"), filename="terms.pdf"))


def a_policy(conversation: Conversation) -> SlaPolicy:
    found = SlaPolicy.objects.filter(account=conversation.account).first()
    return found or create_policy(
        conversation.account, by=None, name="Gold", first_response_time_threshold=300
    )


def filled(action: type[Action], *, ana: Any, conversation: Conversation) -> dict[str, Any]:
    """Something that every action of ours takes."""
    values = {
        "assignee_id": ana.pk,
        "team_id": conversation.team_id,
        "labels": ["new", "old"],
        "status": "snoozed",
        "snoozed_until": 1900000000,
        "priority": "urgent",
        "content": "Hola {{contact.first_name}}",
        "email": "copies@acme.example",
        "url": "https://hooks.example/in",
        "attachments": [an_upload()],
        "sla_policy_id": a_policy(conversation).pk,
    }
    return {one.name: values[one.name] for one in action.parameters}


def columns(conversation: Conversation) -> dict[str, Any]:
    return Conversation.objects.filter(pk=conversation.pk).values(*_COLUMNS).get()


def do(steps: list[Step], conversation: Conversation, acting: Acting) -> performing.Outcome:
    (outcome,) = performing.each_step(registry.plan(steps, acting=acting), [again(conversation)])
    return outcome


# ── every one of them ─────────────────────────────────────────────────────────────────────────────────


def test_those_of_the_contract_are_there():
    # F.17 and F.18, but for what waits: mails to teams.
    wanted = (
        "assign_agent assign_team add_label remove_label send_message send_private_note send_email_transcript"
        " send_webhook_event change_status resolve_conversation snooze_conversation mute_conversation change_priority"
        " open_conversation pending_conversation send_attachment remove_assigned_agent remove_assigned_team add_private_note"
        " add_sla"
    )
    for name in wanted.split():
        assert registry.action_called(name)


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_each_says_what_it_is_in_both_languages(action):
    with translation.override("en"):
        english, form = str(action.title), action.schema()
    with translation.override("es"):
        assert str(action.title) != english
        fields = action.schema()["properties"].values()
    assert all(field["title"] for field in fields)
    assert set(form["required"]) <= form["properties"].keys()
    assert action.__doc__ or __import__(action.__module__, fromlist=["x"]).__doc__


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_each_is_read_from_the_wire_and_written_back(action, ana, conversation):
    given = filled(action, ana=ana, conversation=conversation)
    assert action.from_list(action.to_list(given)) == given


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_each_is_for_those_whose_role_has_its_capability(action, acme, vera, ana, conversation):
    given = filled(action, ana=ana, conversation=conversation)
    with pytest.raises(Unauthorised):
        action(given, acting=Acting(account=acme, by=vera, member=membership(acme, vera)))


@pytest.mark.parametrize(
    "action", [one for one in ACTIONS if one.can_be_undone], ids=lambda action: action.name
)
@pytest.mark.parametrize("starts_as", [Status.OPEN, Status.SNOOZED, Status.RESOLVED])
def test_each_that_says_so_can_be_undone_and_done_twice_is_done_once(
    action, starts_as, acting, ana, conversation
):
    until = from_epoch(1900000099) if starts_as == Status.SNOOZED else None
    commands.change_status(conversation, status=starts_as, snoozed_until=until, by=None)
    before = columns(conversation)
    step = Step(name=action.name, given=filled(action, ana=ana, conversation=conversation))

    outcome = do([step], conversation, acting)
    done = columns(conversation)
    do([step], conversation, acting)

    assert not outcome.refused
    assert columns(conversation) == done
    do(outcome.undo, conversation, acting)
    assert columns(conversation) == before


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_each_says_a_sentence(action, acting, ana, conversation):
    made = action(filled(action, ana=ana, conversation=conversation), acting=acting)
    with translation.override("en"):
        assert made.sentence().startswith(str(action.title))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_each_happens_on_behalf_of_the_desk_itself_too(action, acme, ana, conversation, post_office):
    step = Step(name=action.name, given=filled(action, ana=ana, conversation=conversation))
    assert not do([step], conversation, Acting(account=acme, by=None)).refused


# ── what they do ──────────────────────────────────────────────────────────────────────────────────────


def test_a_message_carries_the_marks_and_a_note_is_private(acme, conversation):
    acting = Acting(account=acme, by=None, marks={"automation_rule_id": 7})
    do([Step(name="send_message", given={"content": "Hola {{contact.first_name}}"})], conversation, acting)
    do([Step(name="send_private_note", given={"content": "VIP"})], conversation, acting)

    written = Message.objects.filter(message_type=MessageType.OUTGOING).order_by("pk")
    assert [(one.content, one.private) for one in written] == [("Hola Carla", False), ("VIP", True)]
    assert {one.content_attributes["automation_rule_id"] for one in written} == {7}


def test_a_webhook_is_laid_in_the_out_tray_once_for_a_run(acme, ana, conversation):
    acting = Acting(account=acme, by=ana, member=membership(acme, ana), event="macro_event.Close", run="r1")
    step = Step(name="send_webhook_event", given={"url": "https://hooks.example/in"})
    do([step, step], conversation, acting)
    do([step], conversation, acting)

    laid = Outgoing.objects.get()
    assert (laid.kind, laid.destination) == ("webhook", "https://hooks.example/in")
    assert laid.payload == {"event": "macro_event.Close", "conversation_id": conversation.pk}


def test_each_conversation_has_a_copy_of_the_file_which_goes_with_its_message(
    acting, carla, web_inbox, conversation, ana
):
    plan = registry.plan([Step(name="send_attachment", given={"attachments": [an_upload()]})], acting=acting)
    list(performing.each_step(plan, [again(conversation), again(talk(carla, web_inbox))]))

    first, second = Attachment.objects.order_by("pk")
    assert (first.filename, second.filename) == ("terms.pdf", "terms.pdf")
    assert first.file.name != second.file.name
    commands.delete_message(first.message, by=ana)
    assert storage.exists(second.file.name)


def test_self_is_whoever_lets_it_happen_and_nil_is_nobody(acting, ana, conversation):
    do([Step(name="assign_agent", given={"assignee_id": "self"})], conversation, acting)
    assert again(conversation).assignee_id == ana.pk
    do([Step(name="assign_agent", given={"assignee_id": "nil"})], conversation, acting)
    assert again(conversation).assignee_id is None


def test_who_and_what_belongs_to_another_account_does_not_exist(acting, gus, globex):
    other = create_team(globex, name="Theirs", by=None)
    for name, given in (("assign_agent", {"assignee_id": gus.pk}), ("assign_team", {"team_id": other.pk})):
        with pytest.raises(NotFound):
            registry.plan([Step(name=name, given=given)], acting=acting)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("add_label", {}),
        ("add_label", {"labels": [1]}),
        ("change_status", {"status": "gone"}),
        ("change_priority", {"priority": "soon"}),
        ("send_message", {"content": ["x"]}),
        ("send_webhook_event", {"url": "javascript:alert(1)"}),
        ("snooze_conversation", {"snoozed_until": "some day"}),
        ("assign_agent", {"assignee_id": "x"}),
        ("send_attachment", {"attachments": ["made-up"]}),
    ],
)
def test_what_cannot_be_meant_is_refused_naming_the_parameter(name, given, acting):
    with pytest.raises(Invalid) as refusal:
        registry.plan([Step(name=name, given=given)], acting=acting)
    assert refusal.value.fields.keys() == {one.name for one in registry.action_called(name).parameters[:1]}


def test_a_named_moment_is_the_one_of_whoever_acts_when_it_happens(acting, ana, conversation):
    User.objects.filter(pk=ana.pk).update(timezone="America/Santiago")
    acting.by.refresh_from_db()
    step = Step(name="snooze_conversation", given={"snoozed_until": "tomorrow"})
    with time_machine.travel("2026-06-04T20:00:00Z", tick=False):
        (action,) = registry.plan([step], acting=acting)
        do([step], conversation, acting)
    assert again(conversation).snoozed_until == datetime(2026, 6, 5, 13, 0, tzinfo=UTC)
    with translation.override("en"):
        assert action.sentence() == "Snooze: Until tomorrow"


@pytest.mark.feature("V-LST-03")
def test_archiving_is_undone_to_what_it_was(acting, conversation):
    archived = Step(name="archive_conversation")
    for before in ("open", "resolved"):
        do(
            [Step(name="change_status", given={"status": before, "close_reason": "resolved"})],
            conversation,
            acting,
        )
        was = again(conversation)
        (action,) = registry.plan([archived], acting=acting)
        back = action.undoing(was)
        do([archived], conversation, acting)
        assert (again(conversation).status, again(conversation).close_reason) == (Status.RESOLVED, "archived")
        do(back, conversation, acting)
        assert (again(conversation).status, again(conversation).close_reason) == (
            was.status,
            was.close_reason,
        )


@pytest.mark.feature("V-LST-03")
def test_what_is_archived_comes_back_archived(acting, conversation):
    do([Step(name="archive_conversation")], conversation, acting)
    reopened = Step(name="open_conversation")
    (action,) = registry.plan([reopened], acting=acting)
    back = action.undoing(again(conversation))
    do([reopened], conversation, acting)
    do(back, conversation, acting)
    assert again(conversation).close_reason == "archived"


# ── plans ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_contracts_actions_become_steps():
    wire = [
        {"action_name": "add_label", "action_params": ["a", "b"]},
        {"action_name": "send_private_note", "action_params": ["Hi"]},
        {"action_name": "resolve_conversation"},
    ]
    assert registry.steps_from(wire) == [
        Step(name="add_label", given={"labels": ["a", "b"]}),
        Step(name="add_private_note", given={"content": "Hi"}),
        Step(name="resolve_conversation", given={}),
    ]
    for wrong in ("x", [{"action_name": "explode"}], [{}], [1]):
        with pytest.raises(Invalid):
            registry.steps_from(wrong)


def test_an_error_in_one_step_stops_the_others_only_where_that_is_asked(acting, conversation):
    steps = [
        Step(name="add_label", given={"labels": ["x" * 300]}),
        Step(name="change_priority", given={"priority": "low"}),
    ]
    plan = registry.plan(steps, acting=acting)

    (stopped,) = performing.until_refused(plan, [again(conversation)])
    assert (len(stopped.refused), stopped.done) == (1, [])
    (went_on,) = performing.each_step(plan, [again(conversation)])
    assert (len(went_on.refused), [one.name for one in went_on.done]) == (1, ["change_priority"])


def test_what_was_merged_is_refused_before_anything_is_touched(acting, conversation, carla, web_inbox):
    other = talk(carla, web_inbox)
    commands.merge_conversations(other, into=conversation, by=None)
    plan = registry.plan([Step(name="resolve_conversation")], acting=acting)
    with pytest.raises(NotAll) as refusal:
        performing.check(plan, [again(conversation), again(other)])
    assert list(refusal.value.refused) == [other.display_id]


def test_a_whole_filter_is_done_in_batches_though_it_shrinks_meanwhile(
    acting, carla, web_inbox, monkeypatch, count_queries
):
    monkeypatch.setattr(performing, "BATCH", 2)
    for _number in range(5):
        talk(carla, web_inbox)
    rows = Conversation.objects.filter(status=Status.OPEN)
    plan = registry.plan([Step(name="resolve_conversation")], acting=acting)

    sizes, done = [], []
    for batch in performing.in_batches(rows):
        sizes.append(len(batch))
        done += [outcome.display_id for outcome in performing.until_refused(plan, batch)]
    assert (sizes, sorted(done)) == ([2, 2, 1], [1, 2, 3, 4, 5])
    assert not rows.exists()

    everything = Conversation.objects.all()
    last = everything.order_by("pk")[2].pk
    assert [len(batch) for batch in performing.in_batches(everything, after=last)] == [2]


# ── from outside ──────────────────────────────────────────────────────────────────────────────────────


class Applaud(Action):
    """Leaves a note."""

    name = "acme_applaud"
    title = "Applaud"
    capability = Capability.ADMINISTRATION
    parameters: ClassVar[tuple[Parameter, ...]] = (Parameter(name="times", title="Times", kind="integer"),)

    def read(self, given):
        self.times = int(given["times"])

    def apply(self, conversation):
        commands.post_message(
            conversation, commands.NewMessage("👏" * self.times, private=True), by=self.acting.by
        )


@pytest.mark.feature("Z-32")
def test_an_action_from_outside_is_registered_used_and_taken_away(acme, admin, acting, conversation):
    registry.register(Applaud)
    try:
        assert Applaud in registry.actions()
        step = Step(name="acme_applaud", given={"times": 2})
        with pytest.raises(Unauthorised):  # ana is no administrator
            registry.plan([step], acting=acting)
        do([step], conversation, Acting(account=acme, by=admin, member=membership(acme, admin)))
        assert Message.objects.filter(content="👏👏", private=True).exists()
    finally:
        registry.unregister(Applaud)
    with pytest.raises(UnknownAction):
        registry.action_called("acme_applaud")


def test_no_action_from_outside_takes_the_place_of_another():
    class Mine(Action):
        name = "send_message"

    with pytest.raises(registry.NameTaken):
        registry.register(Mine)
