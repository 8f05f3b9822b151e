"""Contacts keep the titles of their labels; when a label is renamed or deleted, their copies follow and it is told."""

from __future__ import annotations

import pytest

from ventanilla.contacts.commands.labels import set_contact_labels
from ventanilla.contacts.consumers import LabelCopies
from ventanilla.contacts.models import Contact
from ventanilla.events.consumer import drain_log as drain
from ventanilla.events.log import START, read_after
from ventanilla.labels.commands import create_label, delete_label, update_label


@pytest.fixture
def vip(acme, admin, ana, carla):
    """A label that carla has, beside another one."""
    label = create_label(acme, title="vip", by=admin)
    create_label(acme, title="señal", by=admin)
    set_contact_labels(carla, titles=["vip", "señal"], by=ana)
    return label


def told(name):
    return [event for event in read_after(START, settled=False) if event.name == name]


def test_a_renamed_label_is_renamed_on_every_contact_and_told_once(vip, carla, admin):
    version = Contact.objects.get(pk=carla.pk).version
    update_label(vip, title="premium", by=admin)

    drain([LabelCopies()])
    drain([LabelCopies()])

    stored = Contact.objects.get(pk=carla.pk)
    assert (stored.label_titles, stored.version) == (["premium", "señal"], version + 1)
    last = told("contact.updated")[-1]
    assert last.payload == {
        "contact_id": carla.pk,
        "changes": {"label_list": [["señal", "vip"], ["premium", "señal"]]},
    }
    assert last.caused_by == told("label.updated")[-1].id
    assert len(told("contact.updated")) == 2, "once by ana, once by the renaming"


def test_a_deleted_label_is_gone_from_every_contact(vip, carla, admin):
    delete_label(vip, by=admin)
    drain([LabelCopies()])
    assert Contact.objects.get(pk=carla.pk).label_titles == ["señal"]
    assert told("contact.updated")[-1].payload["changes"] == {"label_list": [["señal", "vip"], ["señal"]]}


def test_who_was_given_a_new_label_of_the_old_name_meanwhile_keeps_it(acme, vip, carla, admin, ana):
    update_label(vip, title="premium", by=admin)
    create_label(acme, title="vip", by=admin)
    set_contact_labels(carla, titles=["vip"], by=ana)
    drain([LabelCopies()])
    assert Contact.objects.get(pk=carla.pk).label_titles == ["vip"]


def test_a_label_that_only_changes_its_colour_says_nothing_of_contacts(vip, carla, admin):
    update_label(vip, color="#ff0000", by=admin)
    drain([LabelCopies()])
    assert len(told("contact.updated")) == 1
