"""Host names and addresses: many spellings, one name; nonsense is none."""

from __future__ import annotations

import pytest

from ventanilla.kit.hosts import clean_address, host_name, is_listed, is_loopback, name_in


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("help.example.com", "help.example.com"),
        ("Help.EXAMPLE.com:8443", "help.example.com"),
        ("help.example.com.", "help.example.com"),
        ("help.example.com.:80", "help.example.com"),
        ("help.example.com:", "help.example.com"),
        (" help.example.com ", "help.example.com"),
        ("ñandú.example", "xn--and-6ma2c.example"),
        ("xn--and-6ma2c.example", "xn--and-6ma2c.example"),
        ("my_host", "my_host"),
        ("10.0.0.5:8000", "10.0.0.5"),
        ("[::1]:8000", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("[2001:DB8::0:1]", "2001:db8::1"),
    ],
)
def test_a_host_has_one_spelling(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize(
    "header",
    [
        "", " ", ".", "..", "a..b", "-a.example", "a-.example", "a b", "a/b", "a@b", "user:pw@b", "a:b", "a:99999",
        "a:80:80", "a,b", "::1", "[::1", "::1]", "[::1]x", "[1.2.3.4]", "[zz::]", "[fe80::1%eth0]", "a\x00b", "a\nb", "a\tb",
        "<b>", "%61", "a" * 64 + ".example", "a." * 130 + "b", "٣.example:٣", "evil.example#", "evil.example?x", "\\evil",
    ],
)  # fmt: skip
def test_nonsense_is_no_host(header: str) -> None:
    assert host_name(header) is None


@pytest.mark.parametrize("name", ["localhost", "shop.localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_names_of_this_machine(name: str) -> None:
    assert is_loopback(name)


@pytest.mark.parametrize(
    "name", ["localhost.evil.example", "mylocalhost", "0.0.0.0", "10.0.0.1", "::2", "128.0.0.1"]
)
def test_what_only_looks_like_this_machine(name: str) -> None:
    assert not is_loopback(name)


def test_a_list_names_hosts_and_all_below_a_domain() -> None:
    assert is_listed("a.example", ["A.example"])
    assert is_listed("a.example", ["a.example:8000"])
    assert not is_listed("b.a.example", ["a.example"])
    for pattern in (".a.example", "*.a.example"):
        assert is_listed("b.a.example", [pattern])
        assert is_listed("a.example", [pattern])
        assert not is_listed("evila.example", [pattern])
    assert is_listed("2001:db8::1", ["2001:DB8:0::1"])
    assert is_listed("2001:db8::1", ["[2001:db8::1]"])
    assert is_listed("anything", ["*"])
    assert not is_listed("none", ["a b", ""])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Help.example.com/", "https://help.example.com"),
        ("https://help.example.com:443", "https://help.example.com"),
        ("http://help.example.com:80/", "http://help.example.com"),
        ("http://10.0.0.5:8000", "http://10.0.0.5:8000"),
        ("HTTPS://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        (" https://ñandú.example ", "https://xn--and-6ma2c.example"),
    ],
)
def test_an_address_is_kept_in_one_form(given: str, kept: str) -> None:
    assert clean_address(given) == kept


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "scheme"), ("help.example.com", "scheme"), ("help.example.com:8000", "scheme"), ("ftp://a.example", "scheme"),
        ("javascript:alert(1)", "scheme"), ("//a.example", "scheme"), ("https://", "scheme"), ("https:///a", "scheme"),
        ("https://user@a.example", "host"), ("https://user:pw@a.example", "host"), ("https://a b", "host"),
        ("https://a:99999", "host"), ("https://[::1", "host"), ("https://a..b", "host"),
        ("https://a.example/desk", "path"), ("https://a.example?x=1", "path"), ("https://a.example/#x", "path"),
    ],
)  # fmt: skip
def test_what_is_no_address_says_why(given: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        clean_address(given)


def test_the_name_in_an_address_is_found_also_without_its_scheme() -> None:
    assert name_in("https://Help.example.com:8443") == "help.example.com"
    assert name_in("help.example.com") == "help.example.com"
    assert name_in("https://[::1") is None
    assert name_in("") is None
