"""What becomes of a visitor's words: signed, unsigned, and where the company believes them all the same (Q-16, F.11)."""

from __future__ import annotations

import pytest

from ventanilla.contacts.commands.contacts import create_contact, update_contact
from ventanilla.contacts.commands.hearing import begin_session, belongs_to_another, forget_words, hear_visitor
from ventanilla.contacts.commands.identities import (
    create_contact_inbox,
    find_or_create_contact_inbox,
    merge_contacts,
)
from ventanilla.contacts.models import AvatarDownload, Contact, ContactClaim, ContactInbox
from ventanilla.contacts.selectors import open_claims
from ventanilla.contacts.visitors import own_address, told_of
from ventanilla.events.log import START, read_after
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.errors import Unauthorised


@pytest.fixture
def trusting(web_inbox: Inbox) -> Inbox:
    web_inbox.channel_settings = {**web_inbox.channel_settings, "accept_unsigned_identity": True}
    web_inbox.save()
    return web_inbox


def waiting(contact: Contact) -> dict[str, object]:
    return {claim.row.field: claim.row.value for claim in open_claims(contact)}


# ── unsigned ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("P-08")
def test_an_address_given_in_chat_is_added_and_makes_a_lead(web_inbox):
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=False, email="New@example.com")
    known = Contact.objects.get(pk=session.contact_id)
    assert (known.email, known.contact_type) == ("new@example.com", "lead")


@pytest.mark.feature("P-08")
def test_letters_of_two_alphabets_do_not_pose_as_a_known_address(web_inbox, carla):
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=False, email="carla@ex\u0430mple.com")
    assert Contact.objects.get(pk=session.contact_id).email == "carla@xn--exmple-4nf.com"


@pytest.mark.parametrize("email", ["ana@bücher.example", "ana@почта.example", "ana@例え.example"])
def test_a_domain_of_one_alphabet_stays_as_it_is_read(web_inbox, email):
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=False, email=email.upper())
    assert Contact.objects.get(pk=session.contact_id).email == email


@pytest.mark.parametrize(
    "said",
    [
        {"email": "carla@example.com"},
        {"email": "  CARLA@EXAMPLE.COM "},
        {"phone_number": "+56912345678"},
        {"phone_number": "0056 9 1234-5678"},
        {"identifier": "crm-7"},
        {"identifier": " crm-7"},
        # What looks the same on the desk is the same.
        {"email": "carla@example.com\u200b"},
        {"email": "\u2060carla@exam\u00adple.com"},
        {"email": "carla@\u202eexample.com"},
        {"email": "carla@ｅxample.com"},
        {"email": "carla@example。com"},
        {"identifier": "crm\u200d-7"},
        {"identifier": "\ufeffcrm-7\u2069"},
    ],
)
def test_a_key_of_somebody_known_becomes_a_claim_and_is_told_back_like_any_other(web_inbox, carla, ana, said):
    update_contact(carla, identifier="crm-7", by=ana)
    before = Contact.objects.get(pk=carla.pk).version
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=False, **said)
    assert session.contact != carla
    assert Contact.objects.get(pk=carla.pk).version == before
    [claim] = open_claims(session.contact)
    assert claim.known == carla
    key = next(iter(said))
    assert told_of(session)[key] == getattr(carla, key) or told_of(session)[key] == "crm-7"


def test_a_new_session_that_says_somebody_knowns_key_is_a_contact_of_its_own(api_inbox, carla):
    session = begin_session(api_inbox, source_id="x", email="carla@example.com", name="Mala")
    assert (session.contact.email, session.contact.name) == (None, "Mala")
    assert waiting(session.contact) == {"email": "carla@example.com"}
    assert begin_session(api_inbox, source_id="x", email="other@example.com") == session


def test_twenty_claims_of_a_session_are_kept_and_who_it_is_comes_first(web_inbox, carla, ana):
    session = begin_session(web_inbox, source_id="x")
    merge_contacts(carla, mergee=session.contact, by=ana)
    session = ContactInbox.objects.select_related("contact", "inbox").get(pk=session.pk)
    update_contact(carla, custom_attributes={f"a{n}": "agent's" for n in range(30)}, by=ana)
    hear_visitor(session, signed=False, custom_attributes={f"a{n}": n for n in range(30)})
    assert ContactClaim.objects.count() == 20
    hear_visitor(session, signed=False, email="evil@evil.example")
    assert ContactClaim.objects.count() == 20
    assert waiting(carla)["email"] == "evil@evil.example"


@pytest.mark.parametrize("value", [{"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}, [[[[[[[[1]]]]]]]]])
def test_what_is_nested_without_need_is_left_out(web_inbox, value):
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=False, name="N", custom_attributes={"k": value})
    assert (session.contact.name, session.contact.custom_attributes) == ("N", {})


def test_where_a_visitor_came_from_is_not_theirs_to_say(web_inbox):
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(
        session, signed=False, additional_attributes={"created_at_ip": "203.0.113.1", "city": "Lima"}
    )
    assert session.contact.additional_attributes == {"city": "Lima"}


def test_a_squatted_address_gives_no_hold_on_whoever_writes_from_it_later(acme, web_inbox, carla, ana):
    """First said by a stranger, then written from: the contact is not the stranger's alone any more."""
    mail = Inbox.objects.create(account=acme, name="Correo", kind="email", address="hola@acme.example")
    thief = begin_session(web_inbox, source_id="thief")
    hear_visitor(thief, signed=False, email="vicky@victim.example")
    vicky = find_or_create_contact_inbox(
        mail, source_id="vicky@victim.example", email="vicky@victim.example", name="Vicky"
    )
    hear_visitor(thief, signed=False, email="evil@evil.example", phone_number="+34600000000")
    known = Contact.objects.get(pk=vicky.contact_id)
    assert (known.email, known.phone_number) == ("vicky@victim.example", None)
    assert waiting(known) == {"email": "evil@evil.example", "phone_number": "+34600000000"}


def test_only_its_own_attributes_can_a_session_forget(web_inbox, ana):
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=False, custom_attributes={"mine": 1, "both": 1})
    update_contact(session.contact, custom_attributes={"both": 2, "agents": 1}, by=ana)
    forget_words(session, keys=["mine", "both", "agents", "none"])
    assert Contact.objects.get(pk=session.contact_id).custom_attributes == {"both": 2, "agents": 1}


# ── signed ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.feature("W-12")
def test_whoever_is_signed_for_is_the_contact_with_that_identifier_with_all_they_had(web_inbox, carla, ana):
    update_contact(carla, identifier="crm-7", by=ana)
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=False, custom_attributes={"cart": 3})
    hear_visitor(session, signed=True, identifier="crm-7", name="Carla C.")
    known = Contact.objects.get(pk=carla.pk)
    assert session.contact == known
    assert (known.name, known.custom_attributes, session.hmac_verified) == ("Carla C.", {"cart": 3}, True)
    assert told_of(session)["phone_number"] == "+56912345678"


def test_the_email_beside_a_signature_leads_to_a_contact_whose_record_is_told_to_nobody(web_inbox, carla):
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=True, identifier="mallory", email="carla@example.com")
    assert session.contact == carla  # F.11: she has no identifier
    told = told_of(session)
    assert (told["email"], told["phone_number"]) == ("carla@example.com", None)
    assert told["name"] != "Carla Cliente"
    assert told["custom_attributes"] == {}


def test_a_signature_leads_by_email_to_nobody_whom_a_signature_speaks_for(web_inbox, carla, ana):
    create_contact_inbox(carla, inbox=web_inbox, source_id="hers", hmac_verified=True)
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=True, identifier="mallory", email="carla@example.com")
    assert session.contact != carla
    assert waiting(session.contact) == {"email": "carla@example.com"}


def test_a_signature_takes_an_identifier_back_from_whoever_only_said_it(web_inbox):
    squatter = begin_session(web_inbox, source_id="squatter")
    hear_visitor(squatter, signed=False, identifier="crm-7", email="evil@evil.example")
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=True, identifier="crm-7", name="Vicky")
    assert session.contact_id != squatter.contact_id
    assert (session.contact.identifier, session.contact.email) == ("crm-7", None)
    held = Contact.objects.get(pk=squatter.contact_id)
    assert held.identifier is None
    assert waiting(held) == {"identifier": "crm-7"}
    hear_visitor(squatter, signed=True, identifier="crm-7")  # it was her other browser all along
    assert squatter.contact_id == session.contact_id


def test_a_session_that_joined_somebody_cannot_carry_them_off_by_a_signature(web_inbox, carla, ana):
    session = begin_session(web_inbox, source_id="x")
    merge_contacts(carla, mergee=session.contact, by=ana)
    session = ContactInbox.objects.select_related("contact", "inbox").get(pk=session.pk)
    assert belongs_to_another(session, identifier="mallory", signed=True)
    with pytest.raises(Unauthorised):
        hear_visitor(session, signed=True, identifier="mallory")
    assert Contact.objects.get(pk=carla.pk).identifier is None


def test_asking_with_identifiers_tells_nothing_of_the_one_on_the_record(web_inbox, carla, ana):
    update_contact(carla, identifier="crm-7", by=ana)
    session = begin_session(web_inbox, source_id="x")
    merge_contacts(carla, mergee=session.contact, by=ana)
    session = ContactInbox.objects.select_related("contact", "inbox").get(pk=session.pk)
    assert not belongs_to_another(session, identifier="crm-7", signed=False)
    assert not belongs_to_another(session, identifier="crm-8", signed=False)


def test_two_signed_people_who_are_merged_do_not_read_each_other(acme, web_inbox, ana):
    one, two = (begin_session(web_inbox, source_id=name) for name in ("one", "two"))
    for session, identifier in ((one, "u-1"), (two, "u-2")):
        hear_visitor(session, signed=True, identifier=identifier)
    merge_contacts(one.contact, mergee=two.contact, by=ana)
    assert ContactInbox.objects.get(source_id="one").hmac_verified
    assert not ContactInbox.objects.get(source_id="two").hmac_verified


# ── where the company believes what no one signed ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said", [{"email": "carla@example.com"}, {"phone_number": "+56912345678"}, {"identifier": "crm-7"}]
)
def test_believed_words_lead_to_the_known_contact_overwrite_nothing_and_tell_nothing(
    trusting, carla, ana, said
):
    update_contact(carla, identifier="crm-7", custom_attributes={"plan": "vip"}, by=ana)
    session = begin_session(trusting, source_id="x")
    hear_visitor(session, signed=False, name="Mala", custom_attributes={"plan": "free", "new": 1}, **said)
    known = Contact.objects.get(pk=carla.pk)
    assert session.contact == known
    assert (known.name, known.email, known.phone_number) == (
        "Carla Cliente", "carla@example.com", "+56912345678",
    )  # fmt: skip
    assert known.custom_attributes == {"plan": "vip", "new": 1}
    told = told_of(session)
    assert told["name"] == "Mala"
    assert {key for key in ("email", "phone_number", "identifier") if told[key]} == set(said)
    assert told["custom_attributes"] == {"plan": "free", "new": 1}


def test_believed_words_never_lead_to_somebody_whom_a_signature_speaks_for(trusting, carla, ana):
    create_contact_inbox(carla, inbox=trusting, source_id="hers", hmac_verified=True)
    session = begin_session(trusting, source_id="x", email="carla@example.com")
    assert session.contact != carla
    assert waiting(session.contact) == {"email": "carla@example.com"}


def test_where_signatures_are_mandatory_nothing_unsigned_is_believed(trusting, carla):
    trusting.hmac_mandatory = True
    session = begin_session(trusting, source_id="x", email="carla@example.com")
    assert session.contact != carla


def test_believed_words_lead_from_one_known_contact_to_no_other(trusting, carla, acme):
    other = create_contact(acme, email="other@example.com", by=None)
    session = begin_session(trusting, source_id="x", email="carla@example.com")
    assert session.contact == carla
    hear_visitor(session, signed=False, email="other@example.com")
    assert session.contact == carla
    assert Contact.objects.filter(pk=other.pk).exists()


# ── where copies go ───────────────────────────────────────────────────────────────────────────────────


def test_a_copy_goes_to_the_address_that_this_session_gave_and_to_no_other(web_inbox, trusting, carla, ana):
    own = begin_session(web_inbox, source_id="own")
    assert own_address(own) is None
    update_contact(own.contact, email="typed-by-an-agent@example.com", by=ana)
    assert own_address(own) is None
    hear_visitor(own, signed=False, email="mine@example.com")
    assert own_address(own) == "mine@example.com"


def test_a_signed_visitors_copy_goes_to_the_record_but_not_to_what_a_stranger_brought_there(
    trusting, acme, ana
):
    known = create_contact(acme, identifier="u-1", by=None)
    thief = begin_session(trusting, source_id="thief", identifier="u-1")
    assert thief.contact == known
    hear_visitor(thief, signed=False, email="evil@evil.example")
    signed = begin_session(trusting, source_id="signed", signed=True, identifier="u-1")
    assert own_address(signed) is None
    update_contact(known, email="real@example.com", by=ana)
    signed.contact.refresh_from_db()
    assert own_address(signed) == "real@example.com"


# ── merging ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("empty", ["", "  ", None, [], {}])
def test_an_empty_value_of_the_one_who_stays_counts_as_lacking(acme, ana, empty):
    base = create_contact(acme, name="", by=None)
    base.additional_attributes = {"company_name": empty, "social_profiles": {"github": empty}, "ok": False}
    base.custom_attributes = {"plan": empty, "n": 0}
    base.save()
    other = create_contact(
        acme,
        name="Nora",
        email="nora@example.com",
        additional_attributes={"company_name": "Acme", "social_profiles": {"github": "nora"}, "ok": True},
        custom_attributes={"plan": "pro", "n": 5},
        by=None,
    )
    merged = merge_contacts(base, mergee=other, by=ana)
    assert (merged.name, merged.email, merged.company) == ("Nora", "nora@example.com", "Acme")
    assert merged.additional_attributes["social_profiles"] == {"github": "nora"}
    assert merged.additional_attributes["ok"] is False
    assert merged.custom_attributes == {"plan": "pro", "n": 0}


def test_a_picture_on_its_way_goes_along_unless_the_one_who_stays_has_one(acme, ana):
    def with_picture(address):
        return create_contact(acme, avatar_url=address, by=None)

    lacking = create_contact(acme, by=None)
    merge_contacts(lacking, mergee=with_picture("https://pictures.example/a.png"), by=ana)
    assert AvatarDownload.objects.get(contact=lacking).url == "https://pictures.example/a.png"
    merge_contacts(lacking, mergee=with_picture("https://pictures.example/b.png"), by=ana)
    assert AvatarDownload.objects.get(contact=lacking).url == "https://pictures.example/a.png"


def test_a_name_nobody_gave_makes_way_for_a_given_one(acme, web_inbox, ana):
    visitor = begin_session(web_inbox, source_id="x").contact
    named = create_contact(acme, name="Nora", by=None)
    assert merge_contacts(visitor, mergee=named, by=ana).name == "Nora"


def test_claims_are_told_by_an_event_each_time_they_change(web_inbox, carla):
    session = begin_session(web_inbox, source_id="x")
    hear_visitor(session, signed=False, email="carla@example.com")
    hear_visitor(session, signed=False, email="carla@example.com")
    names = [event.name for event in read_after(START, settled=False)]
    assert names.count("contact.claims_changed") == 1
