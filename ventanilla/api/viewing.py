"""Looking as a member ("view as"): kept in the cookie's session, so it holds for this browser and nowhere else.

While it lasts, every request of that browser reads as the member and writes nothing: `refuse_writing` stands where a
cookie becomes a user.
"""

from __future__ import annotations

import re

from django.http import HttpRequest

from ventanilla.accounts.errors import OnlyLooking
from ventanilla.accounts.looking import LOOKING_KEY, is_looking
from ventanilla.accounts.models import Membership, User

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What reads by POST, because its question is long, and what ends the look.
_READING = re.compile(r"/(conversations|contacts|contact_inboxes)/filter$")
_LEAVING = re.compile(r"^/api/desk/(accounts/\d+/view_as|session)$")


def begin(request: HttpRequest, membership: Membership) -> None:
    """From now on this browser sees what the member sees."""
    request.session[LOOKING_KEY] = {"account_id": membership.account_id, "user_id": membership.user_id}


def end(request: HttpRequest) -> dict[str, int] | None:
    """It sees its own again; as whom it had looked."""
    found: dict[str, int] | None = request.session.pop(LOOKING_KEY, None)
    return found


def refuse_writing(request: HttpRequest) -> None:
    """Raises OnlyLooking while this browser looks as somebody."""
    path = request.path_info.rstrip("/")
    if request.method in _SAFE or _READING.search(path):
        return
    if is_looking(request.session) and not (request.method == "DELETE" and _LEAVING.match(path)):
        raise OnlyLooking


def member_seen(request: HttpRequest, viewer: User, *, account_id: int | None = None) -> Membership | None:
    """As whom this browser looks (in that account), if the viewer is an administrator there still."""
    kept = request.session.get(LOOKING_KEY)
    if not kept or (account_id is not None and kept["account_id"] != account_id):
        return None
    rows = Membership.objects.select_related("account", "user", "custom_role").filter(
        account_id=kept["account_id"], user_id__in=[viewer.pk, kept["user_id"]], user__is_active=True
    )
    found = {row.user_id: row for row in rows}
    own = found.get(viewer.pk)
    return found.get(kept["user_id"]) if own is not None and own.is_administrator else None
