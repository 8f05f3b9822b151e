"""A provider that signs people in, after the contract of Google and Microsoft; it misbehaves when told to."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

CLIENT_ID, CLIENT_SECRET = "our-client", "our-secret"


@dataclass
class FakeProvider:
    """`fault`: what the token endpoint does wrong: slow, 500, html, invalid_grant, invalid_client, no_refresh_token,
    wrong_nonce, wrong_audience, no_address, no_renewals or nothing."""

    port: int = 0
    address: str = "soporte@acme.example"
    fault: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    expires_in: int = 3600
    rotates: bool = False
    pause_seconds: float = 0.0
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)
    _given: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def settings(self) -> dict[str, str]:
        """One entry of settings.MAIL_SIGN_IN."""
        return {
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "authorize_url": f"http://127.0.0.1:{self.port}/authorize",
            "token_url": f"http://127.0.0.1:{self.port}/token",
        }

    def consent(self, url: str) -> dict[str, str]:
        """What the person's browser brings back after a yes: code and state."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["client_id"] == CLIENT_ID
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self._codes) + 1}"
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def answer(self, fields: dict[str, str]) -> tuple[int, Any]:
        """The token endpoint."""
        with self._lock:
            self.asked.append(fields)
        time.sleep(self.pause_seconds)
        if self.fault == "500":
            return 503, {"error": "temporarily_unavailable"}
        if self.fault == "html":
            return 200, "<html>Maintenance</html>"
        if self.fault in ("invalid_grant", "invalid_client"):
            return 400, {"error": self.fault}
        if (fields.get("client_id"), fields.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            return 401, {"error": "invalid_client"}
        if fields["grant_type"] == "refresh_token":
            return self._renewed(fields)
        return self._redeemed(fields)

    def _redeemed(self, fields: dict[str, str]) -> tuple[int, Any]:
        asked = self._codes.pop(fields["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(fields["code_verifier"].encode()).digest())
        right = asked is not None and challenge.rstrip(b"=").decode() == asked["code_challenge"]
        if asked is None or not right or fields["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        claims: dict[str, Any] = {
            "aud": "somebody-else" if self.fault == "wrong_audience" else CLIENT_ID,
            "exp": int(time.time()) + 3600,
            "nonce": "another" if self.fault == "wrong_nonce" else asked["nonce"],
            "email": self.address,
        }
        if self.fault == "no_address":
            del claims["email"]
        answer = self._tokens() | {"id_token": jwt.encode(claims, "x" * 32, algorithm="HS256")}
        if self.fault != "no_refresh_token":
            answer["refresh_token"] = "refresh-1"  # noqa: S105
        return 200, answer

    def _renewed(self, fields: dict[str, str]) -> tuple[int, Any]:
        if self.fault == "no_renewals" or not fields["refresh_token"].startswith("refresh-"):
            return 400, {"error": "invalid_grant"}
        answer = self._tokens()
        if self.rotates:
            answer["refresh_token"] = f"refresh-{self._given}"
        return 200, answer

    def _tokens(self) -> dict[str, Any]:
        with self._lock:
            self._given += 1
            return {
                "access_token": f"access-{self._given}",
                "expires_in": self.expires_in,
                "token_type": "Bearer",
            }


@contextmanager
def running_provider() -> Iterator[FakeProvider]:
    """It listens on loopback. People meet a page with a yes and a no; programs meet the token endpoint."""
    made = FakeProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            if not urlsplit(self.path).path.endswith("/authorize"):
                self._say(404, "text/plain", "nothing here")
                return
            no = urlencode({"error": "access_denied", "state": asked["state"]})
            yes = urlencode(made.consent(self.path))
            links = "".join(
                f'<p><a href="{escape(asked["redirect_uri"])}?{escape(query)}">{word}</a></p>'
                for word, query in (("Permitir", yes), ("Cancelar", no))
            )
            self._say(200, "text/html", f"<h1>{escape(asked.get('login_hint', ''))}</h1>{links}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if made.fault == "slow":
                return  # the line is closed without a word
            status, said = made.answer({name: values[0] for name, values in parse_qs(body).items()})
            self._say(status, "application/json", said if isinstance(said, str) else json.dumps(said))

        def _say(self, status: int, content_type: str, text: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", f"{content_type}; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture
def provider(settings: Any, loopback: None) -> Iterator[FakeProvider]:
    """The installation is registered with it as Google and as Microsoft."""
    with running_provider() as made:
        settings.MAIL_SIGN_IN = {"google": made.settings, "microsoft": made.settings}
        yield made
