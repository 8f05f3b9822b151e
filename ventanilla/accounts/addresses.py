"""Where the installation is reached, as an account knows it: for addresses that are read outside any request."""

from __future__ import annotations

from django.conf import settings

from ventanilla.accounts.models import Account
from ventanilla.kit import links


def account_url(path: str, *, account: Account | None) -> str:
    """The absolute address for a mail: the installation's own, else where an administrator last came in.

    The address of the request is only the last resort: whoever asks for somebody's reset link writes the Host header,
    and the link must not lead to them.
    """
    base = settings.BASE_URL or (account.base_url if account else "") or links.base_url()
    return f"{base}{path}"
