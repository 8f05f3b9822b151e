"""What is thrown away in the background: closed accounts with their files, uploads that no one attached."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from ventanilla.accounts.commands.platform import create_platform_app, delete_account_for
from ventanilla.accounts.models import Account
from ventanilla.contacts.commands.identities import create_contact_inbox
from ventanilla.contacts.models import Contact
from ventanilla.conversations.commands import NewMessage, receive_message, start_conversation
from ventanilla.conversations.jobs import delete_closed_accounts, delete_unused_uploads
from ventanilla.conversations.models import Conversation, Message
from ventanilla.kit import storage
from ventanilla.kit.clock import now


def write(contact, inbox, *attachments) -> Message:
    conversation = start_conversation(
        create_contact_inbox(contact, inbox=inbox, source_id="browser"), by=contact
    )
    return receive_message(conversation, NewMessage("mira", attachments=attachments), sender=contact)


def test_a_closed_account_goes_with_its_files_and_no_other_does(acme, globex, carla, web_inbox):
    blob = storage.store_bytes(b"hola", filename="a.txt")
    write(carla, web_inbox, blob)
    app, _token = create_platform_app("partner")
    delete_account_for(app, account=acme)
    assert delete_closed_accounts() == 1
    assert list(Account.objects.all()) == [globex]
    assert not Conversation.objects.exists()
    assert not Contact.objects.exists()
    assert not storage.exists(blob.key)


def test_uploads_that_nobody_attached_go_after_two_days(carla, web_inbox):
    def put(name: str) -> storage.Blob:
        blob = storage.Blob(
            key=storage.new_key(folder=storage.DIRECT_FOLDER),
            filename=name,
            content_type="text/plain",
            byte_size=4,
        )
        storage.accept_upload(blob, storage.ContentFile(b"hola"))
        return blob

    with time_machine.travel(now() + timedelta(days=3)):
        delete_unused_uploads()  # what other tests left in the same folder
    attached, forgotten = put("a.txt"), put("b.txt")
    write(carla, web_inbox, attached)
    kept_on_purpose = storage.store_bytes(b"hola", filename="c.txt")
    assert delete_unused_uploads() == 0
    with time_machine.travel(now() + timedelta(days=3)):
        assert delete_unused_uploads() == 1
    assert storage.exists(attached.key)
    assert storage.exists(kept_on_purpose.key)
    assert not storage.exists(forgotten.key)
