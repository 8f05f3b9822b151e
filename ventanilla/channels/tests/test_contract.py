"""Every channel keeps the promises of inboxes.channel."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ventanilla.inboxes.channel import (
    Capabilities,
    Channel,
    UnknownChannel,
    channel_of,
    read_settings,
    registry,
)
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.errors import Invalid


@pytest.fixture(params=sorted(registry()))
def channel(request: pytest.FixtureRequest) -> Channel:
    return channel_of(request.param)


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
    shape, types = channel.settings_shape.defaults(), {"string": str, "boolean": bool, "integer": int}
    for name, field in channel.settings_schema()["properties"].items():
        assert shape[name] is None or type(shape[name]) is types[field["type"]], name


def test_settings_that_were_kept_can_be_sent_again(channel: Channel) -> None:
    given = {"email": "a@acme.example", "website_url": "https://acme.example"}
    settings, _secrets, _address = channel.clean_settings(read_settings(channel, given), {}, {})
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


def test_a_channel_never_shows_its_secrets_to_an_agent(channel: Channel) -> None:
    inbox = Inbox(kind=channel.kind, secrets={"imap_password": "s3cret-value"}, channel_settings={})
    assert "s3cret-value" not in str(channel.public_settings(inbox, for_administrator=False))
    assert inbox.hmac_token not in str(channel.public_settings(inbox, for_administrator=False))


def test_whether_free_text_may_be_sent_is_answered_without_a_database(channel: Channel) -> None:
    inbox = Inbox(kind=channel.kind, channel_settings={})
    assert channel.can_reply(inbox, last_incoming_at=None, at=datetime(2026, 1, 1, tzinfo=UTC)) in {
        True,
        False,
    }


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownChannel):
        channel_of("carrier-pigeon")
