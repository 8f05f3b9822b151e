"""Every channel keeps the promises of inboxes.channel, and those of each door that it stands behind."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from io import BytesIO
from typing import Any, cast

import pytest
from django.test import Client

from ventanilla.accounts.models import Account, User
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands.messages import post_message
from ventanilla.conversations.commands.new_message import NewMessage
from ventanilla.conversations.commands.opening import start_conversation
from ventanilla.conversations.models import Message, MessageStatus
from ventanilla.delivery import in_tray, out_tray
from ventanilla.delivery.models import Incoming, Outgoing
from ventanilla.inboxes import channel as promises
from ventanilla.inboxes import channel_doors as doors
from ventanilla.inboxes.channel import (
    Capabilities,
    Channel,
    Ignored,
    IncomingMessage,
    Noticed,
    OutgoingMessage,
    SendFailed,
    SignIn,
    SignInFailed,
    UnknownChannel,
    Unreadable,
    channel_of,
    read_settings,
    registry,
)
from ventanilla.inboxes.channel_doors import CalledChannel, addresses_of, source_of
from ventanilla.inboxes.channels import kinds_where
from ventanilla.inboxes.commands.inboxes import create_inbox, update_inbox
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.errors import Invalid
from ventanilla.testing.cast import ApiClient
from ventanilla.testing.channels import Sample, sample_of
from ventanilla.testing.names import Zone

Api = Callable[..., ApiClient]


@pytest.fixture(params=sorted(registry()))
def channel(request: pytest.FixtureRequest) -> Channel:
    return channel_of(request.param)


@pytest.fixture
def sample(channel: Channel) -> Sample:
    return sample_of(channel)


@pytest.fixture
def inbox(acme: Account, channel: Channel, sample: Sample) -> Inbox:
    return create_inbox(acme, name="Soporte", channel={"type": channel.create_type, **sample.form}, by=None)


def test_a_channel_names_itself_in_our_words_and_the_contracts(channel: Channel) -> None:
    assert registry()[channel.kind] is channel
    assert channel.contract_type.startswith("Channel::")
    assert channel.create_type
    assert isinstance(channel.capabilities, Capabilities)


def test_a_channels_form_is_a_schema_whose_required_fields_exist(channel: Channel) -> None:
    schema = channel.settings_schema()
    assert schema["type"] == "object"
    assert set(schema.get("required", [])) <= set(schema["properties"])
    assert all(field["title"] for field in schema["properties"].values())


def test_what_the_form_asks_has_a_type(channel: Channel) -> None:
    shape, types = (
        channel.settings_shape.defaults(),
        {"string": str, "boolean": bool, "integer": int, "array": list},
    )
    for name, field in channel.settings_schema()["properties"].items():
        if field.get("readOnly"):
            continue
        assert shape[name] is None or type(shape[name]) is types[field["type"]], name


def test_settings_that_were_kept_can_be_sent_again(channel: Channel, sample: Sample) -> None:
    settings, _secrets, _address = channel.clean_settings(read_settings(channel, sample.form), {}, {})
    again = read_settings(channel, settings)
    assert set(again) == {
        name for name in channel.settings_shape.model_fields if settings.get(name) is not None
    }
    assert read_settings(channel, again) == again


def test_required_fields_are_refused_by_name_when_they_are_missing(channel: Channel) -> None:
    required = set(channel.settings_schema().get("required", []))
    if not required:
        settings, _secrets, _address = channel.clean_settings({}, {}, {})
        assert isinstance(settings, dict)
        return
    with pytest.raises(Invalid) as refused:
        channel.clean_settings({}, {}, {})
    assert set(refused.value.fields) & required


def test_a_channel_never_shows_its_secrets_to_an_agent(channel: Channel, sample: Sample) -> None:
    sealed = dict.fromkeys(sample.secrets, "s3cret-value")
    inbox = Inbox(kind=channel.kind, secrets=sealed, channel_settings={})
    assert "s3cret-value" not in str(channel.public_settings(inbox, for_administrator=False))
    assert inbox.hmac_token not in str(channel.public_settings(inbox, for_administrator=False))


def test_whether_free_text_may_be_sent_is_answered_without_a_database(channel: Channel) -> None:
    inbox = Inbox(kind=channel.kind, channel_settings={})
    assert channel.can_reply(inbox, last_incoming_at=None, at=datetime(2026, 1, 1, tzinfo=UTC)) in {
        True,
        False,
    }


def test_a_recorded_payload_becomes_what_the_customer_said(
    channel: Channel, sample: Sample, inbox: Inbox
) -> None:
    if sample.payload is None:
        with pytest.raises(Unreadable):
            channel.parse(BytesIO(b"x"), {}, inbox)
        return
    [message] = channel.parse(BytesIO(sample.payload), sample.meta, inbox)
    assert isinstance(message, IncomingMessage)
    assert sample.says in message.content
    assert message.source_id and message.external_id
    row = in_tray.keep_and_read(sample.payload, channel=channel.kind, inbox=inbox, meta=sample.meta)
    assert sample.says in Message.objects.get(pk=row.message_id).content


@pytest.mark.parametrize("payload", [b"", b"\0\xff\xfe", b"{}", b"[" * 5000, b"<a>" * 5000])
def test_a_payload_of_nobody_is_refused_in_the_words_of_the_in_tray(
    channel: Channel, inbox: Inbox, payload: bytes
) -> None:
    with pytest.raises((Unreadable, Ignored)):
        channel.parse(BytesIO(payload), {}, inbox)


def test_what_is_written_arrives_or_leaves_another_way(
    channel: Channel,
    sample: Sample,
    inbox: Inbox,
    carla: Contact,
    ana: User,
    loopback: None,
    drain_log: Callable[[], int],
) -> None:
    with sample.network() if sample.network else nullcontext(({}, [])) as (settings, arrived):
        if settings:
            inbox = update_inbox(inbox, channel=settings, by=None)
        conversation = start_conversation(create_contact_inbox(carla, inbox=inbox), by=ana)
        message = post_message(conversation, NewMessage("It left this morning."), by=ana)
        drain_log()
        out_tray.send_due()
        message.refresh_from_db()
        assert message.status == MessageStatus.SENT
        assert Outgoing.objects.exists() is channel.capabilities.sends_through_out_tray
        if sample.network is not None:
            [one] = arrived
            assert b"It left this morning." in one
            assert message.source_id
            return
    with pytest.raises(SendFailed) as refused:
        channel.send(OutgoingMessage(key="message:1", content="x", to="x"), inbox)
    assert refused.value.permanent


# ── Behind the doors ─────────────────────────────────────────────────────────────────────────────────────────


def promising(method: str) -> pytest.MarkDecorator:
    """Only the channels that make this optional promise."""
    found = [channel for channel in registry().values() if hasattr(channel, method)]
    return pytest.mark.parametrize("channel", found, ids=[channel.kind for channel in found])


def test_who_makes_an_optional_promise_makes_all_of_it(channel: Channel) -> None:
    basic = set(vars(Channel)) | {"capabilities"}
    for protocol in [*vars(promises).values(), *vars(doors).values()]:
        if isinstance(protocol, type) and Channel in protocol.__mro__[1:]:
            added = {
                name for name in (*vars(protocol), *protocol.__annotations__) if not name.startswith("_")
            }
            kept = {name for name in added - basic if hasattr(channel, name)}
            assert kept in (set(), added - basic), protocol.__name__


@promising("called")
def test_a_provider_that_calls_is_heard_and_a_stranger_is_not(
    channel: Channel, sample: Sample, inbox: Inbox, settings: Any
) -> None:
    called = cast(CalledChannel, channel)
    assert sample.call is not None
    token = sample.token or inbox.identifier
    for name, value in sample.opened_by.items():
        setattr(settings, name, value)
    client, call = Client(), sample.call
    for word in {called.called_as, channel.kind}:
        assert client.get(f"/webhooks/{word}/nobody-knows").status_code == 404
        url = f"/webhooks/{word}/{token}"
        stranger = client.post(url, call.body, content_type=call.content_type)
        assert stranger.status_code in (401, 403)
        assert not Incoming.objects.exists()
        headers = {"Authorization": call.authorization} if call.authorization else {}
        for _twice in range(2):
            answer = client.post(
                url, call.body, content_type=call.content_type, headers={**headers, **call.headers}
            )
            assert answer.status_code == 200
        row = Incoming.objects.get()
        assert (row.channel, row.inbox_id) == (channel.kind, inbox.pk)
        in_tray.read(row)
        assert sample.says in Message.objects.get().content
        Message.objects.all().delete()
        Incoming.objects.all().delete()


@promising("called")
def test_a_closed_door_does_not_exist(channel: Channel, sample: Sample, settings: Any) -> None:
    called = cast(CalledChannel, channel)
    for name in sample.opened_by:
        setattr(settings, name, "")
    assert Client().post(f"/webhooks/{called.called_as}/{sample.token or 'x'}").status_code == 404


@promising("tools")
def test_its_tools_answer_administrators(
    channel: Channel, sample: Sample, inbox: Inbox, admin: User, ana: User, api: Api, zone: Zone
) -> None:
    tools = cast(doors.EquippedChannel, channel).tools()
    assert set(tools) == set(sample.tools)
    for name, given in sample.tools.items():
        path = f"/api/desk/accounts/{inbox.account_id}/channels/{channel.kind}/tools/{name}"
        asked = {"input": given, "channel": dict(sample.form), "inbox_id": inbox.pk}
        answer = api(admin).post(path, asked)
        assert (answer.status_code, type(answer.json())) == (200, dict), name
        assert api(ana).post(path, asked).status_code == 403
        assert api(admin).post(f"{path}-not", asked).status_code == 404


@promising("source_of")
def test_a_payload_is_shown_as_what_it_is(channel: Channel, sample: Sample) -> None:
    assert sample.payload is not None
    source = source_of(channel.kind, BytesIO(sample.payload), sample.meta)
    assert source.file.read() == sample.payload
    assert source.content_type and source.suffix
    seen = cast(promises.GlancingChannel, channel).glance(BytesIO(sample.payload), sample.meta)
    assert seen.sender or seen.subject


@promising("addresses_of")
def test_its_inboxes_have_addresses(channel: Channel, inbox: Inbox) -> None:
    assert inbox.address in addresses_of(inbox)


@promising("pull")
def test_who_fetches_fetches_nothing_where_nothing_is_set_up(channel: Channel, inbox: Inbox) -> None:
    fetching = cast(promises.PullingChannel, channel)
    assert fetching.pulls_from(inbox) is False
    assert isinstance(fetching.server_of(inbox), str)
    assert list(fetching.not_fetched(inbox, {})) == []
    assert isinstance(fetching.ask_again({}), dict)


@promising("verify")
def test_settings_that_lead_nowhere_need_no_proof(channel: Channel, inbox: Inbox) -> None:
    cast(promises.VerifiableChannel, channel).verify(inbox.channel_settings, inbox.secrets or {})


@promising("look_again")
def test_looking_after_an_inbox_finds_nothing_where_nothing_is_set_up(channel: Channel, inbox: Inbox) -> None:
    found = cast(promises.WatchfulChannel, channel).look_again(inbox)
    assert found is None or isinstance(found, Noticed)


@promising("sign_in_url")
def test_nobody_signs_in_where_the_installation_is_not_registered(channel: Channel, inbox: Inbox) -> None:
    signing = cast(promises.SigningInChannel, channel)
    for provider in signing.signs_in_with:
        with pytest.raises(SignInFailed) as refused:
            signing.sign_in_url(SignIn(provider, "https://desk.example/callback", "s", "n", "v"))
        assert refused.value.code == "not_set_up"
        assert Client().get(f"/{provider}/callback").status_code == 302
    assert signing.token_of(inbox) == ""
    assert Client().get("/nobody/callback").status_code == 404


# ── All of them ──────────────────────────────────────────────────────────────────────────────────────────────


def test_channels_are_found_by_what_they_can() -> None:
    assert kinds_where(in_our_widget=True) == {"webchat"}
    assert kinds_where(written_by_program=True) == {"api"}
    assert kinds_where(email_headers=True) == {"email"}
    assert kinds_where(email_headers=True, in_our_widget=True) == frozenset()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownChannel):
        channel_of("carrier-pigeon")
