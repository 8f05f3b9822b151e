"""Mail addresses: of every alphabet, odd but real, and what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.kit.addresses import (
    MAX_ADDRESS_CHARS,
    Unwritable,
    ascii_domain,
    is_wide_email,
    key,
    needs_utf8,
    on_the_wire,
    once,
)
from ventanilla.kit.limits import is_email

pytestmark = pytest.mark.feature("Z-25")


@pytest.mark.parametrize(
    ("domain", "wire"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        (" tienda.example ", "tienda.example"),
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("MÜNCHEN.example", "xn--mnchen-3ya.example"),
        ("mu\u0308nchen.example", "xn--mnchen-3ya.example"),  # the same, in two characters
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        ("peñalolén.cl", "xn--pealoln-gya1e.cl"),
        ("straße.example", "xn--strae-oqa.example"),  # of 2008: not strasse
        ("παράδειγμα.δοκιμή", "xn--hxajbheg2az3al.xn--jxalpdlp"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),  # with their own full stop
        ("مثال.إختبار", "xn--mgbh0fb.xn--kgbechtv"),
        ("☕.example", "xn--53h.example"),  # people have them, though the rules of 2008 leave them out
        ("i❤.example", "xn--i-7iq.example"),
    ],
)
def test_a_domain_of_any_alphabet_has_its_form_in_dns(domain: str, wire: str) -> None:
    assert ascii_domain(domain) == wire
    assert ascii_domain(wire) == wire


@pytest.mark.parametrize(
    ("address", "wire"),
    [
        ("Ana@Example.com", "Ana@example.com"),  # what stands before the @ is its server's affair
        (" ana@example.com\n", "ana@example.com"),
        ("ana@münchen.example", "ana@xn--mnchen-3ya.example"),
        ("josé@peñalolén.cl", "josé@xn--pealoln-gya1e.cl"),
        ("o'brien+tag@example.com", "o'brien+tag@example.com"),
        ("ana..ruiz.@docomo.example", "ana..ruiz.@docomo.example"),  # a telephone company gave such
        ('"a@b"@example.com', '"a@b"@example.com'),
        ("a/b=c{d}|e~f@example.com", "a/b=c{d}|e~f@example.com"),
        ("soporte@localhost", "soporte@localhost"),
        ("soporte@[192.0.2.7]", "soporte@[192.0.2.7]"),
        ("soporte@[IPv6:2001:db8::1]", "soporte@[ipv6:2001:db8::1]"),
        ('"ana ruiz"@example.com', '"ana ruiz"@example.com'),
    ],
)
def test_odd_but_real_addresses_are_written(address: str, wire: str) -> None:
    assert on_the_wire(address) == wire


@pytest.mark.parametrize(
    "address",
    ["", "ana", "@example.com", "ana@exa mple.com", "ana@exam\x00ple.com", "ana@example.com\r\nBcc: x@y.example",
     "ana\r\nRCPT TO:<x@y.example>@example.com", "an\x7fa@example.com", "a b@example.com", "ana@a..example", "ana@.example",
     "ana@exa<mple.com", "ana@example.com>", "ana@exa\u00a0mple.com", "ana@[127.0.0.1",
     "a" * 250 + "@example.com", "ana@" + "ñ" * 250 + ".example"],
)  # fmt: skip
def test_what_no_server_would_understand_is_refused_by_name(address: str) -> None:
    with pytest.raises(Unwritable) as refused:
        on_the_wire(address)
    assert (refused.value.code, refused.value.status) == ("address_unwritable", 422)
    assert refused.value.message


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\u200d", "\u202e", "\u00ad", "\ufeff", "\u2063", "\ue000", "\u3000"]
)
def test_what_nobody_sees_is_no_part_of_an_address(unseen: str) -> None:
    for address in (f"ana@example.com{unseen}", f"ana@exam{unseen}ple.com", f"a{unseen}na@example.com"):
        assert not is_email(address)


@pytest.mark.parametrize(
    ("address", "wide"),
    [("ana@münchen.example", False), ("josé@example.com", True), ("用户@example.com", True)],
)
def test_only_the_part_before_the_at_asks_for_a_server_with_utf8(address: str, wide: bool) -> None:
    assert needs_utf8(address) is wide
    assert is_wide_email(address) is True
    if wide:
        assert not is_email(address)


@pytest.mark.parametrize(
    "text", ["josé@", "@ñ", "jo sé@example.com", "josé", "josé@exa mple.com", "«»@example.com"]
)
def test_letters_alone_make_no_address(text: str) -> None:
    assert is_wide_email(text) is False


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ana@Example.com", "ana@example.com"),
        ("ana@münchen.example", "ANA@xn--mnchen-3ya.example"),
        ("jose\u0301@example.com", "josé@example.com"),
        ("ana@example.com.", "ana@example.com"),
    ],
)
def test_two_spellings_of_one_mailbox_are_one(one: str, other: str) -> None:
    assert key(one) == key(other)
    assert once([one, other]) == [one]
    assert once([one], without=[other]) == []


def test_dots_and_tags_are_not_guessed_away() -> None:
    addresses = ["ana.ruiz@example.com", "anaruiz@example.com", "anaruiz+x@example.com"]
    assert once(addresses) == addresses


@given(text=st.text(max_size=300))
def test_whatever_is_typed_is_written_or_refused(text: str) -> None:
    key(text)
    is_wide_email(text)
    try:
        wire = on_the_wire(text)
    except Unwritable:
        return
    assert len(wire) <= MAX_ADDRESS_CHARS
    local, _at, domain = wire.rpartition("@")
    assert domain.isascii()
    assert not any(char.isspace() or char in "<>,;@" for char in domain)
    assert not any(ord(char) < 32 for char in local)


LOCAL = st.from_regex(r"[a-z0-9.+_-]{1,20}", fullmatch=True)
DOMAIN = st.from_regex(r"[a-zñüßé]{1,20}\.example", fullmatch=True)


@given(local=LOCAL, domain=DOMAIN)
def test_the_form_on_the_wire_is_the_same_mailbox(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    assert key(on_the_wire(address)) == key(address)
    assert on_the_wire(on_the_wire(address)) == on_the_wire(address)
