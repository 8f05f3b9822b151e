"""The servers of an address, by what name servers and web servers say; never by asking our own network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest

from ventanilla.channels.email.discovery import MAX_FILE_BYTES, Server, discover, read_file
from ventanilla.kit import safe_http
from ventanilla.kit.errors import Invalid
from ventanilla.testing.names import NameServer, Zone

ADDRESS = "ventas@tienda.example"
FILE = """<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="tienda.example"><displayName>Correo de la tienda</displayName>
<incomingServer type="pop3"><hostname>pop.tienda.example</hostname><port>995</port>
<socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>claro.tienda.example</hostname><port>143</port>
<socketType>plain</socketType></incomingServer>
<incomingServer type="imap"><hostname>imap.tienda.example</hostname><port>993</port><socketType>SSL</socketType>
<username>%EMAILLOCALPART%</username></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.tienda.example</hostname><port>587</port><socketType>STARTTLS</socketType>
<username>%EMAILADDRESS%</username></outgoingServer></emailProvider></clientConfig>"""


@dataclass
class Web:
    """The web servers of every domain. `pages`: host + path -> content or status; what is not there is a 404."""

    port: int = 0
    pages: dict[str, str | int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, method: str, url: str, **options: Any) -> safe_http.Answer:
        """The product's own fetch, with the line of every host led to loopback."""
        parts = urlsplit(url)
        self.asked.append(url)
        path = f"http://127.0.0.1:{self.port}/{parts.netloc}{parts.path}"
        return replace(safe_http.fetch(method, path, **options), url=url)


@pytest.fixture
def web(loopback: None) -> Iterator[Web]:
    made = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = made.pages.get(self.path.lstrip("/"), 404)
            self.send_response(page if isinstance(page, int) else 200)
            self.end_headers()
            if isinstance(page, str):
                self.wfile.write(page.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.mark.feature("I-03")
@pytest.mark.parametrize(
    ("address", "imap", "sign_in"),
    [
        ("Tienda@GMAIL.com", "imap.gmail.com", "app_password"),
        ("tienda@hotmail.es", "outlook.office365.com", "oauth"),
    ],
)
def test_a_provider_we_know_is_known_without_asking(
    name_server: NameServer, address: str, imap: str, sign_in: str
) -> None:
    found = discover(address)
    assert (found.source, found.imap.host, found.sign_in) == ("preset", imap, sign_in)
    assert found.imap.login == address.lower()
    assert name_server.asked == []


@pytest.mark.feature("I-03")
@pytest.mark.parametrize(
    ("exchangers", "oauth"),
    [
        (["10 alt1.aspmx.l.google.com.", "1 aspmx.l.google.com."], "google"),
        (["1 smtp.google.com."], "google"),
        (["0 tienda-example.mail.protection.outlook.com."], "microsoft"),
    ],
)
def test_who_takes_the_mail_of_a_domain_tells_its_provider(
    zone: Zone, exchangers: list[str], oauth: str
) -> None:
    zone["tienda.example", "MX"] = exchangers
    found = discover(ADDRESS)
    assert (found.source, found.provider, found.oauth) == ("mx", oauth, oauth)


@pytest.mark.feature("I-03")
def test_service_records_are_followed_by_priority(zone: Zone, web: Web) -> None:
    zone["tienda.example", "MX"] = ["10 mx.not-google.example."]
    zone["_imaps._tcp.tienda.example", "SRV"] = ["20 0 993 b.tienda.example.", "10 5 1993 a.tienda.example."]
    zone["_submissions._tcp.tienda.example", "SRV"] = ["0 0 0 ."]
    zone["_submission._tcp.tienda.example", "SRV"] = ["0 1 587 s.tienda.example."]
    found = discover(ADDRESS, fetch=web.fetch)
    assert found.source == "srv"
    assert found.imap == Server("a.tienda.example", 1993, "tls", ADDRESS)
    assert found.smtp == Server("s.tienda.example", 587, "starttls", ADDRESS)
    assert web.asked == []


@pytest.mark.feature("I-03")
@pytest.mark.parametrize(
    "place",
    [
        "autoconfig.tienda.example/mail/config-v1.1.xml",
        "tienda.example/.well-known/autoconfig/mail/config-v1.1.xml",
    ],
)
def test_a_published_file_is_read(zone: Zone, web: Web, place: str) -> None:
    web.pages = {"autoconfig.tienda.example/mail/config-v1.1.xml": 500, place: FILE}
    found = discover(ADDRESS, fetch=web.fetch)
    assert (found.source, found.name) == ("autoconfig", "Correo de la tienda")
    assert found.imap == Server("imap.tienda.example", 993, "tls", "ventas")
    assert found.smtp == Server("smtp.tienda.example", 587, "starttls", ADDRESS)
    assert "emailaddress=ventas%40tienda.example" in web.asked[0]


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "<clientConfig",
        "",
        "\x00\x01",
        FILE.replace("<port>993</port>", "<port>99999</port>"),
        FILE.replace("<port>993</port>", "<port>²</port>"),
        FILE.replace("<port>993</port>", f"<port>{'9' * 5_000}</port>"),
        "<a>" * 40_000 + "</a>" * 40_000,
        FILE.replace("STARTTLS", "plain"),
        '<?xml version="1.0" encoding="no-such-charset"?><a/>',
    ],
)
def test_a_hostile_or_useless_file_is_none(content: str) -> None:
    assert read_file(content.encode(), ADDRESS) is None


def test_a_file_that_is_too_large_is_given_up_and_names_are_guessed(zone: Zone, web: Web) -> None:
    web.pages["autoconfig.tienda.example/mail/config-v1.1.xml"] = FILE + " " * MAX_FILE_BYTES
    found = discover(ADDRESS, fetch=web.fetch)
    assert (found.source, found.imap.host, found.smtp.host) == (
        "guess",
        "imap.tienda.example",
        "smtp.tienda.example",
    )


def test_our_own_network_is_not_asked(zone: Zone, settings: Any) -> None:
    settings.ALLOW_PRIVATE_ADDRESSES = False
    assert discover("ventas@localhost.localdomain").source == "guess"


def test_silent_name_servers_end_the_search(name_server: NameServer, web: Web, settings: Any) -> None:
    settings.NAME_SERVERS = ("127.0.0.1:1",)
    assert discover(ADDRESS, fetch=web.fetch).source == "guess"
    assert web.asked == []


@pytest.mark.parametrize("address", ["", "ventas", "@tienda.example", "a b@tienda.example", "x@evil/path"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Invalid):
        discover(address)
