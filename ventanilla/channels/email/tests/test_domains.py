"""A sender domain against a real name server on loopback."""

from __future__ import annotations

import dkim
import dns.resolver
import pytest

from ventanilla.channels.email import domains
from ventanilla.channels.email.domains import State
from ventanilla.channels.email.smtp import DkimKey, sign
from ventanilla.kit import name_servers
from ventanilla.kit.errors import Invalid
from ventanilla.testing.names import Zone


@pytest.fixture
def resolver(zone: Zone) -> dns.resolver.Resolver:
    return name_servers.resolver()


def states(zone: Zone, resolver: dns.resolver.Resolver, key: str = "KEY") -> dict[str, State]:
    records = domains.check("acme.cl", public_key=key, mail_domain="in.ventanilla.example", resolver=resolver)
    return {record.purpose: record.state for record in records}


@pytest.mark.feature("V-CFG-04")
def test_each_record_has_a_state_of_its_own(zone: Zone, resolver: dns.resolver.Resolver) -> None:
    assert set(states(zone, resolver).values()) == {State.MISSING}
    zone[("acme.cl", "TXT")] = ['"google-site-verification=x"', '"v=spf1 include:_spf.google.com ~all"']
    zone[("ventanilla._domainkey.acme.cl", "TXT")] = ['"v=DKIM1; k=rsa; p=OTHER"']
    zone[("_dmarc.acme.cl", "TXT")] = ['"v=DMARC1; p=none"']
    assert states(zone, resolver) == {"spf": State.WRONG, "dkim": State.WRONG, "dmarc": State.OK}


@pytest.mark.feature("V-CFG-04")
def test_a_domain_is_proven_when_all_of_it_is_published(zone: Zone, resolver: dns.resolver.Resolver) -> None:
    _private, public = domains.new_key()
    half = len(public) // 2
    zone[("acme.cl", "TXT")] = ['"v=spf1 include:_spf.google.com include:in.ventanilla.example ~all"']
    zone[("ventanilla._domainkey.acme.cl", "TXT")] = [
        f'"v=DKIM1; k=rsa; p={public[:half]}" "{public[half:]}"'
    ]
    records = domains.check(
        "acme.cl", public_key=public, mail_domain="in.ventanilla.example", resolver=resolver
    )
    assert domains.is_proven(records)


def test_what_to_publish_keeps_what_stands_there(zone: Zone, resolver: dns.resolver.Resolver) -> None:
    zone[("acme.cl", "TXT")] = ['"v=spf1 include:_spf.google.com -all"']
    [spf, *_rest] = domains.check("acme.cl", public_key="K", mail_domain="in.v.example", resolver=resolver)
    assert spf.value == "v=spf1 include:_spf.google.com include:in.v.example -all"


def test_silent_name_servers_are_not_a_missing_record() -> None:
    asking = dns.resolver.Resolver(configure=False)
    asking.nameservers, asking.port = ["127.0.0.1"], 1
    records = domains.check("acme.cl", public_key="K", mail_domain="m", resolver=asking)
    assert {record.state for record in records} == {State.UNKNOWN}


@pytest.mark.feature("V-CFG-05")
@pytest.mark.parametrize("given", ["gmail.com", "Outlook.com", "HOTMAIL.com.", "www.yahoo.es"])
def test_free_mail_domains_are_refused_with_the_reason(given: str) -> None:
    with pytest.raises(Invalid) as refused:
        domains.clean_domain(given)
    assert "sender_domain" in refused.value.fields


@pytest.mark.parametrize("given", ["", "acme", "a b.cl", "http://acme.cl", "-x.cl"])
def test_what_is_no_domain_is_refused(given: str) -> None:
    with pytest.raises(Invalid):
        domains.clean_domain(given)


def test_a_signature_with_our_key_is_valid() -> None:
    private, public = domains.new_key()
    mail = b"From: a@acme.cl\r\nTo: b@x.cl\r\nSubject: Hola\r\nDate: Mon, 3 Nov 2025 10:12:00 +0100\r\n\r\nHola\r\n"
    signed = sign(mail, DkimKey("acme.cl", domains.SELECTOR, private.encode()))
    published = f"v=DKIM1; k=rsa; p={public}".encode()
    assert dkim.verify(signed, dnsfunc=lambda name, timeout=5: published)
    assert not dkim.verify(signed.replace(b"Hola", b"Adios"), dnsfunc=lambda name, timeout=5: published)
