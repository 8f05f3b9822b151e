"""A provider that does as it is told, right or wrong: whatever an administrator of an account might run."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

CLIENT_ID, CLIENT_SECRET = "ventanilla", "s3cret/+ of ours"


class LyingProvider:
    """`says` goes into every ID token; `twists` change the finished one; `discovers` changes the document."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = {
            "sub": "1",
            "email": "nadia@acme.example",
            "email_verified": True,
            "name": "Nadia",
        }
        self.twist: Callable[[dict[str, Any]], Any] = lambda claims: None
        self.discovers: dict[str, Any] = {}
        self.key, self.kid = made_key(0), "first"
        self.published: list[dict[str, Any]] | None = None
        self.algorithm: str = "RS256"
        self.sign_with: Any = None
        self.answers_slowly = 0.0
        self.answers_hugely = False
        self.userinfo: dict[str, Any] = {}
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider._answer(self, "")

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length", 0))
                provider._answer(self, self.rfile.read(length).decode())

            def log_message(self, *_args: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def rotate(self) -> None:
        """From now on another key signs, and it alone is published."""
        self.key, self.kid = made_key(1), "second"

    def public_key(self) -> dict[str, Any]:
        return {
            **json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key())),
            "kid": self.kid,
            "use": "sig",
        }

    def authorize(self, url: str) -> dict[str, str]:
        """The person agrees; what the browser brings back."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def _answer(self, handler: BaseHTTPRequestHandler, body: str) -> None:
        path = urlsplit(handler.path).path
        self.asked.append(path)
        time.sleep(self.answers_slowly)
        status, said = self._said(path, body, handler.headers.get("Authorization", ""))
        text = json.dumps(said).encode() + (b" " * 2_000_000 if self.answers_hugely else b"")
        try:
            handler.send_response(status)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(text)))
            if status == 307:
                handler.send_header("Location", "http://127.0.0.1:9/elsewhere")
            handler.end_headers()
            handler.wfile.write(text)
        except OSError:
            pass  # whoever asked did not wait

    def _said(self, path: str, body: str, authorization: str) -> tuple[int, Any]:
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "userinfo_endpoint": f"{self.issuer}/me",
                "response_types_supported": ["code"],
                **self.discovers,
            }
        if path == "/keys":
            return 200, {"keys": [self.public_key()] if self.published is None else self.published}
        if path == "/me":
            return 200, self.userinfo
        if path == "/token":
            return self._tokens(body, authorization)
        return 404, {}

    def _tokens(self, body: str, authorization: str) -> tuple[int, Any]:
        given = {name: values[0] for name, values in parse_qs(body).items()}
        begun = self.codes.pop(given.get("code", ""), None)
        pair = base64.b64encode(b"ventanilla:s3cret%2F%2B%20of%20ours").decode()
        verifier = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if begun is None or challenge != begun["code_challenge"] or authorization != f"Basic {pair}":
            return 400, {"error": "invalid_grant"}
        moment = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT_ID, "iat": moment, "exp": moment + 300, "nonce": begun["nonce"], **self.says,
        }  # fmt: skip
        if "max_age" in begun:  # OpenID Connect Core §3.1.2.1
            claims.setdefault("auth_time", moment)
        claims = self.twist(claims) or claims
        key = self.sign_with if self.sign_with is not None else self.key
        token = jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": self.kid})
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": token}


@cache
def made_key(number: int) -> RSAPrivateKey:
    """The same key for the same number."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
