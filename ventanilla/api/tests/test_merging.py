"""The desk's doors for merging: which conversations are offered, what is answered, and who may."""

from __future__ import annotations

import pytest

from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import Message
from ventanilla.conversations.tests.scenes import fresh, reply, talk, texts
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import add_inbox_members, set_inbox_members
from ventanilla.testing.cast import ApiClient, in_account

pytestmark = [pytest.mark.django_db, pytest.mark.feature("V-LST-04")]


@pytest.fixture
def mail_inbox(acme, ana):
    inbox = create_inbox(
        acme, name="Soporte", channel={"type": "email", "email": "hola@acme.example"}, by=None
    )
    add_inbox_members(inbox, user_ids=[ana.pk], by=None)
    return inbox


def desk(account, path: str) -> str:
    return f"/api/desk/accounts/{account.pk}/{path}"


def door(account, conversation, verb: str) -> str:
    return desk(account, f"conversations/{conversation.display_id}/{verb}")


def test_from_looking_to_undoing(acme, ana, carla, web_inbox):
    api = ApiClient(ana)
    first, second = talk(carla, web_inbox, "a"), talk(carla, web_inbox, "b", "c")
    offered = api.get(door(acme, second, "merge_candidates")).json()
    assert (offered["message_count"], offered["takes_other_customers"]) == (2, False)
    assert [(one["id"], one["preview"], one["is_same_contact"]) for one in offered["payload"]] == [
        (first.display_id, "a", True)
    ]
    merged = api.post(door(acme, second, "merge"), {"into": first.display_id})
    assert (merged.status_code, merged.json()["id"]) == (200, first.display_id)
    # What a client of the contract sees.
    shown = api.get(in_account(acme, f"conversations/{second.display_id}")).json()
    assert (shown["status"], shown["close_reason"], shown["merged_into"]) == (
        "resolved",
        "merged",
        first.display_id,
    )
    thread = api.get(in_account(acme, f"conversations/{first.display_id}/messages")).json()["payload"]
    said = [one for one in thread if one["message_type"] != 2]
    assert [(one["content"], one["conversation_id"]) for one in said] == [
        (text, first.display_id) for text in "abc"
    ]
    written = api.post(
        in_account(acme, f"conversations/{second.display_id}/messages"), {"content": "d"}
    ).json()
    assert written["conversation_id"] == first.display_id
    open_now = api.get(in_account(acme, "conversations?status=open")).json()["data"]["payload"]
    assert [one["id"] for one in open_now] == [first.display_id]
    refused = api.post(
        in_account(acme, f"conversations/{second.display_id}/toggle_status"), {"status": "open"}
    )
    assert refused.status_code == 422
    assert api.get(door(acme, first, "merge_candidates")).json()["payload"] == []

    undone = api.post(door(acme, second, "unmerge"))
    assert (undone.status_code, undone.json()["id"], undone.json()["status"]) == (
        200,
        second.display_id,
        "open",
    )
    assert (texts(first), texts(second)) == (["a", "d"], ["b", "c"])
    again = api.post(door(acme, second, "unmerge"))
    assert (again.status_code, again.json()["error"]) == (422, "This conversation isn't merged.")


def test_by_mail_others_are_found_by_number_subject_and_customer(acme, ana, carla, mail_inbox):
    api = ApiClient(ana)
    otto = Contact.objects.create(
        account=acme, name="Otto", email="otto@example.org", search_text="otto otto@example.org"
    )
    mine = talk(carla, mail_inbox, "a")
    same = talk(carla, mail_inbox, "b", additional_attributes={"mail_subject": "Pedido 10356"})
    theirs = talk(otto, mail_inbox, "c", additional_attributes={"mail_subject": "Otra cosa"})

    def found(q: str) -> list[int]:
        answer = api.get(door(acme, mine, f"merge_candidates?q={q}")).json()
        assert answer["takes_other_customers"]
        return [one["id"] for one in answer["payload"]]

    assert found("") == [same.display_id]
    assert found("otra") == [theirs.display_id]
    assert found("RE: pedido") == [same.display_id]
    assert found("otto@") == found(f"%23{theirs.display_id}") == found("OTTO") == [theirs.display_id]
    assert found("nobody") == []


def test_both_must_be_visible(acme, ana, bruno, gus, globex, carla, web_inbox, mail_inbox):
    first, second = talk(carla, web_inbox, "a"), talk(carla, web_inbox, "b")
    unseen = talk(carla, mail_inbox, "c")
    path = door(acme, second, "merge")
    assert ApiClient(bruno).post(path, {"into": unseen.display_id}).status_code == 404
    assert ApiClient(bruno).post(door(acme, unseen, "merge"), {"into": first.display_id}).status_code == 404
    assert ApiClient(ana).post(path, {"into": unseen.display_id}).status_code == 422
    assert ApiClient(gus).post(path, {"into": first.display_id}).status_code == 401
    assert ApiClient(gus).post(door(globex, second, "merge"), {"into": first.display_id}).status_code == 404
    ApiClient(ana).post(path, {"into": first.display_id})
    set_inbox_members(web_inbox, user_ids=[ana.pk], by=None)
    assert ApiClient(bruno).post(door(acme, second, "unmerge")).status_code == 404
    assert fresh(second).merged_into_id == first.pk


def test_odd_input_is_never_a_fault(acme, ana, carla, web_inbox):
    api, conversation = ApiClient(ana), talk(carla, web_inbox, "a")
    for value in (
        10**25,
        -1,
        0,
        1.5,
        True,
        None,
        "",
        "a\x00b",
        "9" * 30,
        "²",
        [],
        {},
        {"a": 1},
        "#",
        "x" * 70_000,
    ):
        answer = api.post(door(acme, conversation, "merge"), {"into": value})
        assert answer.status_code in {404, 422}, (value, answer.content)
    assert api.post(door(acme, conversation, "merge")).status_code == 422
    refused = api.post(door(acme, conversation, "merge"), {"into": f"#{conversation.display_id}"})
    assert refused.json()["error"] == "Choose another conversation: this is the same one."
    for q in ("%00", "9" * 30, "%23", "%F0%9F%98%80", "x" * 3000, "%25", "[]", "²"):
        assert api.get(door(acme, conversation, f"merge_candidates?q={q}")).status_code == 200


def test_a_visitor_goes_on_in_the_one_that_goes_on(acme, ana, carla, api_inbox, client):
    first, second = talk(carla, api_inbox, "a"), talk(carla, api_inbox, "b")
    reply(second, by=ana)
    source_id = first.contact_inbox.source_id
    base = f"/public/api/v1/inboxes/{api_inbox.identifier}/contacts/{source_id}/conversations"
    ApiClient(ana).post(door(acme, second, "merge"), {"into": first.display_id})
    assert [one["id"] for one in client.get(base).json()] == [first.display_id]
    assert client.get(f"{base}/{second.display_id}").json()["id"] == first.display_id
    path = f"{base}/{second.display_id}/messages"
    written = client.post(path, {"content": "c"}, content_type="application/json").json()
    assert written["conversation_id"] == first.display_id
    assert Message.objects.get(pk=written["id"]).conversation_id == first.pk
