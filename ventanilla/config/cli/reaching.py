"""Whether the installation's own address leads to it: a look that `doctor` takes."""

from __future__ import annotations

from urllib.parse import urlsplit

import httpx

from ventanilla.accounts.installation import known
from ventanilla.accounts.selectors import is_installed
from ventanilla.config.cli.texts import text
from ventanilla.kit import hosts, links, own_mail_server

_SECONDS = 5.0


def look_at_address() -> tuple[bool | None, str]:
    """Missing, plainly wrong, someone else's, or ours. One that does not answer here may do so elsewhere."""
    address = links.base_url()
    if not address:
        if not is_installed():
            return None, text("doctor_address_at_first_run")
        proposed = known().proposed_base_url
        return False, text("doctor_address_proposed", address=proposed) if proposed else text(
            "address_missing"
        )
    try:
        hosts.clean_address(address)
    except ValueError:
        return False, text("doctor_address_wrong", address=address)
    if hosts.is_loopback(hosts.name_in(address) or "") and own_mail_server.is_set_up():
        return False, text("doctor_address_local", address=address)
    return _ask(address)


def _ask(address: str) -> tuple[bool | None, str]:
    try:
        answer = httpx.get(f"{address}/health", timeout=_SECONDS, follow_redirects=False)
    except httpx.HTTPError as error:
        return None, text("doctor_address_silent", address=address, reason=type(error).__name__)
    if answer.is_redirect:
        leads = urlsplit(answer.headers.get("location", ""))
        return False, text("doctor_address_moved", address=address, to=f"{leads.scheme}://{leads.netloc}")
    return (True, address) if _is_ours(answer) else (False, text("doctor_address_strange", address=address))


def _is_ours(answer: httpx.Response) -> bool:
    try:
        said = answer.json()
    except ValueError:
        return False
    return isinstance(said, dict) and {"status", "version"} <= set(said)
