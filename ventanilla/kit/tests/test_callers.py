"""Whom limits count as one caller."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ventanilla.kit.callers import is_inside, network_of


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("::FFFF:cb00:7107", "203.0.113.7"),
        ("64:ff9b::203.0.113.7", "203.0.113.7"),
        ("2002:cb00:7107::1", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002::", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("fe80::2%25wlan0", "fe80::/64"),
        (" 2001:db8:1:2::9 ", "2001:db8:1:2::/64"),
        ("203.0.113.7:4711", "203.0.113.7"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::/64"),
        ("[::ffff:203.0.113.7]:4711", "203.0.113.7"),
        ("unix:", "unix:"),
        ("", ""),
    ],
)
def test_a_caller_is_an_ipv4_address_or_a_64(address: str, network: str) -> None:
    assert network_of(address) == network


@given(st.ip_addresses(v=6), st.integers(min_value=0, max_value=2**64 - 1))
def test_every_address_of_a_64_is_the_same_caller(address: ipaddress.IPv6Address, rest: int) -> None:
    first = int(address) >> 64 << 64
    if network_of(str(address)).endswith("/64"):
        assert network_of(str(ipaddress.IPv6Address(first | rest))) in {
            network_of(str(address)),
            # the /64 of the translators holds IPv4 callers, too
            str(ipaddress.IPv4Address((first | rest) & 0xFFFFFFFF)),
        }


@given(st.ip_addresses(v=4))
def test_an_ipv4_caller_is_the_same_in_every_spelling(address: ipaddress.IPv4Address) -> None:
    assert network_of(f"::ffff:{address}") == network_of(str(address)) == str(address)


@pytest.mark.parametrize("address", ["10.1.2.3", "172.17.0.1", "192.168.1.1", "fd00::1", "::ffff:10.0.0.1"])
def test_no_customer_has_an_address_inside(address: str) -> None:
    assert is_inside(address)


@pytest.mark.parametrize("address", ["203.0.113.7", "8.8.8.8", "2001:db8::1", "127.0.0.1", "nonsense", ""])
def test_customers_have_all_others(address: str) -> None:
    assert not is_inside(address)
