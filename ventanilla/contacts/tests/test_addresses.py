"""A contact has many addresses, and two contacts that were merged can be two again (Z-23)."""

from __future__ import annotations

import pytest

from ventanilla.contacts.commands.addresses import add_address, make_primary, remove_address
from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.contacts.commands.identities import find_or_create_contact_inbox, merge_contacts
from ventanilla.contacts.commands.labels import set_contact_labels
from ventanilla.contacts.commands.merges import unmerge_contacts
from ventanilla.contacts.commands.notes import create_note
from ventanilla.contacts.errors import ContactKeyTaken, MergeIsGone
from ventanilla.contacts.models import Contact, ContactAddress, ContactMerge
from ventanilla.contacts.selectors import find_contact
from ventanilla.conversations.models import Message, SenderType
from ventanilla.conversations.tests.scenes import talk
from ventanilla.kit.errors import Invalid

pytestmark = [pytest.mark.feature("Z-23"), pytest.mark.django_db]


def addresses(contact: Contact) -> set[tuple[str, str]]:
    return set(ContactAddress.objects.filter(contact=contact).values_list("kind", "value"))


def test_whoever_writes_from_a_further_address_is_recognised(acme, carla, ana, web_inbox):
    add_address(carla, kind="email", value=" Compras@Cafe.example ", by=ana)
    add_address(carla, kind="phone", value="+56 9 1111 2222", by=ana)
    add_address(carla, kind="instagram", value="@carla", by=ana)
    assert addresses(carla) == {
        ("email", "compras@cafe.example"), ("phone", "+56911112222"), ("instagram", "@carla"),
    }  # fmt: skip
    assert find_contact(acme.pk, email="compras@cafe.example") == carla
    session = find_or_create_contact_inbox(web_inbox, source_id="x", phone_number="+56911112222")
    assert session.contact == carla


def test_an_address_has_one_contact(acme, carla, ana):
    other = create_contact(acme, email="otra@example.com", by=None)
    add_address(other, kind="email", value="dos@example.com", by=ana)
    for value in ("otra@example.com", "dos@example.com"):
        with pytest.raises(ContactKeyTaken) as refused:
            add_address(carla, kind="email", value=value, by=ana)
        assert set(refused.value.contact_ids.values()) == {other.pk}
    with pytest.raises(ContactKeyTaken):
        update_contact(carla, email="dos@example.com", by=ana)
    with pytest.raises(Invalid):
        add_address(carla, kind="email", value="nada", by=ana)
    with pytest.raises(Invalid):
        add_address(carla, kind="fax", value="1", by=ana)


def test_another_address_can_be_the_first(carla, ana):
    add_address(carla, kind="email", value="dos@example.com", by=ana)
    address = ContactAddress.objects.get()
    make_primary(carla, address=address, by=ana)
    carla.refresh_from_db()
    assert carla.email == "dos@example.com"
    assert addresses(carla) == {("email", "carla@example.com")}
    remove_address(carla, address=ContactAddress.objects.get(), by=ana)
    assert addresses(carla) == set()


def test_a_merge_keeps_both_addresses_and_is_undone_whole(acme, carla, ana, web_inbox, api_inbox, drain_log):
    theirs = create_contact(
        acme, name="C. Cliente", email="c2@example.com", custom_attributes={"plan": "pro"}, by=ana
    )
    set_contact_labels(theirs, titles=["vip"], by=ana)
    kept, moved = talk(carla, web_inbox, "Hola"), talk(theirs, api_inbox, "Soy yo")
    note = create_note(theirs, content="Nota", by=ana)
    merge_contacts(carla, mergee=theirs, by=ana)
    drain_log()
    carla.refresh_from_db()
    assert addresses(carla) == {("email", "c2@example.com")}
    assert (carla.custom_attributes, carla.label_titles) == ({"plan": "pro"}, ["vip"])
    assert find_contact(acme.pk, email="c2@example.com") == carla
    note.refresh_from_db()
    assert note.contact_id == carla.pk
    update_contact(carla, additional_attributes={"city": "Lima"}, by=ana)

    again = unmerge_contacts(ContactMerge.objects.get(), by=ana)
    drain_log()
    carla.refresh_from_db()
    again.refresh_from_db()
    assert (again.pk, again.name, again.email) == (theirs.pk, "C. Cliente", "c2@example.com")
    assert (again.label_titles, [label.title for label in again.labels.all()]) == (["vip"], ["vip"])
    assert (carla.custom_attributes, carla.label_titles, carla.location) == ({}, [], "Lima")
    assert not carla.labels.exists() and addresses(carla) == set()
    for row, owner in ((kept, carla), (moved, again)):
        row.refresh_from_db()
        assert row.contact_id == owner.pk
        said = Message.objects.filter(conversation=row, sender_type=SenderType.CONTACT)
        assert set(said.values_list("sender_id", flat=True)) == {owner.pk}
    note.refresh_from_db()
    assert note.contact_id == again.pk
    assert not ContactMerge.objects.exists()


def test_what_somebody_else_took_meanwhile_stays_theirs(acme, carla, ana):
    theirs = create_contact(acme, name="Dos", email="dos@example.com", identifier="D", by=ana)
    merge_contacts(carla, mergee=theirs, by=ana)
    merge = ContactMerge.objects.get()
    address = ContactAddress.objects.get()
    remove_address(carla, address=address, by=ana)
    create_contact(acme, name="Tres", email="dos@example.com", by=ana)
    again = unmerge_contacts(merge, by=ana)
    assert (again.name, again.email) == ("Dos", None)
    with pytest.raises(MergeIsGone):
        unmerge_contacts(merge, by=ana)
