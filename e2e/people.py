"""Makes people in an installation under test: what `ventanilla createuser` does, without a start of it for each of them.

    python -m e2e.people        reads one JSON object a line, answers with one

One process of this kind loads the product once and serves the journeys of one installation. Everyone has the same password,
whose hash is made once: it takes a fifth of a second on purpose.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any

PASSWORD = "Secreto-1"


def main() -> None:
    """Serve until the other end closes."""
    from ventanilla.config.cli import startup
    from ventanilla.config.cli.with_django import ready

    os.umask(0o077)
    startup.use_data_folder(None)
    ready("people", makes_data=True)
    from django.db import connections

    from ventanilla.config.cli.migrate import migrate

    migrate()
    for line in sys.stdin:
        asked = json.loads(line)
        answer = {"person": _person, "way_in": _way_in, "forget_proofs": _forget_proofs}[asked.pop("do")](
            **asked
        )
        connections.close_all()  # journeys take databases away, and put others in their place
        print(json.dumps(answer), flush=True)


def _person(**asked: Any) -> dict[str, Any]:
    from django.utils import translation

    from ventanilla.accounts.models import User
    from ventanilla.config.cli.createuser import create
    from ventanilla.config.cli.texts import language

    given = argparse.Namespace(**asked)
    with translation.override(language()):
        membership = create(given, known=User.objects.filter(email=given.email).first(), chosen=None)
    user = membership.user
    User.objects.filter(pk=user.pk).update(password=_hashed())
    return {
        "id": user.pk,
        "account_id": membership.account_id,
        "email": user.email,
        "role": membership.role,
        "token": user.access_token.sealed,
    }


_known: list[str] = []


def _hashed() -> str:
    from django.contrib.auth.hashers import make_password

    if not _known:
        _known.append(make_password(PASSWORD))
    return _known[0]


def _way_in(*, id: int) -> dict[str, str]:
    """What a single sign-on link of theirs holds: works once."""
    from ventanilla.accounts.commands.one_time import issue_one_time_token
    from ventanilla.accounts.models import OneTimeToken, User

    user = User.objects.get(pk=id)
    token = issue_one_time_token(user, purpose=OneTimeToken.Purpose.SSO)
    return {"email": user.email, "sso_auth_token": token}


def _forget_proofs() -> dict[str, bool]:
    from django.contrib.sessions.models import Session

    from ventanilla.accounts.browser_sessions import SessionStore

    for row in Session.objects.all():
        row.session_data = SessionStore().encode(row.get_decoded() | {"proved_at": 0})
        row.save(update_fields=["session_data"])
    return {"done": True}


if __name__ == "__main__":
    main()
