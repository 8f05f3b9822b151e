"""A device that holds a passkey, in software: what a browser would send for it."""

from __future__ import annotations

import base64
import hashlib
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

PRESENT, VERIFIED = 0x01, 0x04


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class Device:
    """`origin` is the page its browser shows. `flags`: whether someone was there, and who it was."""

    def __init__(self, origin: str = "http://testserver", *, flags: int = PRESENT | VERIFIED) -> None:
        self.origin, self.flags = origin, flags
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.handle = ""
        self.count = 0

    def make(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to `passkeys/ask`."""
        options = asked["options"]["publicKey"]
        self.handle = options["user"]["id"]
        self.party = options["rp"]["id"]
        credential = AttestedCredentialData.create(
            b"\0" * 16, self.credential_id, ES256.from_cryptography_key(self.key.public_key())
        )
        attested = AttestationObject.create("none", self._data(0x40, bytes(credential)), {})
        client = self._client("webauthn.create", options)
        return self._answer(
            asked, {"clientDataJSON": text(client), "attestationObject": text(bytes(attested))}
        )

    def use(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to the question of a door."""
        client = self._client("webauthn.get", asked["options"]["publicKey"])
        data = bytes(self._data(0, b""))
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            asked,
            {
                "clientDataJSON": text(client),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": self.handle,
            },
        )

    def _data(self, more: int, credential: bytes) -> AuthenticatorData:
        return AuthenticatorData.create(
            hashlib.sha256(self.party.encode()).digest(), self.flags | more, self.count, credential
        )

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        return bytes(
            CollectedClientData.create(type=kind, challenge=options["challenge"], origin=self.origin)
        )

    def _answer(self, asked: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
        name = text(self.credential_id)
        credential = {
            "id": name, "rawId": name, "type": "public-key", "clientExtensionResults": {}, "response": response,
        }  # fmt: skip
        return {"token": asked["token"], "credential": credential}
