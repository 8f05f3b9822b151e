"""Domains as people list them."""

from __future__ import annotations

import pytest

from ventanilla.kit.domains import MAX_DOMAINS, NotADomain, allows, as_frame_ancestors, listed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        (None, []),
        (" tienda.example ,\nTienda.Example;  blog.example", ["tienda.example", "blog.example"]),
        ("https://tienda.example/a/b?c", ["tienda.example"]),
        ("*.tienda.example", ["*.tienda.example"]),
        ("münchen.example", ["xn--mnchen-3ya.example"]),
        ("tienda.example.", ["tienda.example"]),
        (["a.example", "b.example:8443"], ["a.example", "b.example:8443"]),
        (
            "localhost localhost:3000 127.0.0.1 [::1]:8080",
            ["localhost", "localhost:3000", "127.0.0.1", "[::1]:8080"],
        ),
    ],
)
def test_a_list_is_read_as_it_was_meant(text: object, found: list[str]) -> None:
    assert listed(text) == found


@pytest.mark.parametrize(
    "text",
    ["tienda", "*", "*.*.example", "a..example", "-a.example", "user@tienda.example", "a b.example:x", "https://",
     "*.localhost", "tienda.example:99999", "a'b.example", "x" * 64 + ".example", "a;frame-ancestors *"],
)  # fmt: skip
def test_what_is_no_domain_is_named(text: str) -> None:
    with pytest.raises(NotADomain):
        listed(text)


def test_there_is_an_end_to_the_list() -> None:
    listed([f"d{number}.example" for number in range(MAX_DOMAINS)])
    with pytest.raises(NotADomain):
        listed([f"d{number}.example" for number in range(MAX_DOMAINS + 1)])


@pytest.mark.parametrize(
    ("domain", "host", "answer"),
    [
        ("tienda.example", "tienda.example", True),
        ("tienda.example", "TIENDA.example:8080", True),
        ("tienda.example", "www.tienda.example", True),
        ("tienda.example", "mitienda.example", False),
        ("tienda.example", "tienda.example.evil", False),
        ("*.tienda.example", "tienda.example", False),
        ("*.tienda.example", "a.b.tienda.example", True),
        ("tienda.example:8443", "tienda.example:8443", True),
        ("tienda.example:8443", "tienda.example", False),
        ("xn--mnchen-3ya.example", "xn--mnchen-3ya.example", True),
        ("127.0.0.1", "127.0.0.1:9000", True),
        ("[::1]", "[::1]:9000", True),
        ("tienda.example", "", False),
        ("tienda.example", "not a host", False),
    ],
)
def test_a_domain_covers_what_is_below_it(domain: str, host: str, answer: bool) -> None:
    assert allows([domain], host) is answer
    assert allows([], host) is True


def test_the_policy_says_the_same() -> None:
    assert as_frame_ancestors([]) == ""
    said = as_frame_ancestors(["tienda.example", "*.blog.example:8443", "127.0.0.1"]).split()
    assert said == [
        "'self'",
        "https://tienda.example:*", "https://*.tienda.example:*", "http://tienda.example:*", "http://*.tienda.example:*",
        "https://*.blog.example:8443", "http://*.blog.example:8443",
        "https://127.0.0.1:*", "http://127.0.0.1:*",
    ]  # fmt: skip
