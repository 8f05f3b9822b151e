"""/PROVIDER/callback (google, microsoft, …): a person comes back from where they signed in, and continues at the desk."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth import get_user
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from ventanilla.accounts.models import User
from ventanilla.accounts.selectors import active_membership
from ventanilla.delivery import signing_in
from ventanilla.inboxes.channel_doors import kind_signing_in


@require_safe
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """Back from the provider. Raises Http404 for one where no one signs in."""
    if not kind_signing_in(provider):
        raise Http404
    found = get_user(request)
    user = found if isinstance(found, User) and found.is_active else None
    try:
        inbox = signing_in.finish(
            user=user,
            provider=provider,
            state=request.GET.get("state", ""),
            code=request.GET.get("code", ""),
            refusal=request.GET.get("error", ""),
        )
    except signing_in.CameBack as problem:
        here = active_membership(user) if user is not None and problem.account_id is None else None
        account_id = here.account_id if here is not None else problem.account_id
        return _to_desk(account_id, problem.inbox_id, sign_in_problem=problem.code)
    return _to_desk(inbox.account_id, inbox.pk, signed_in=provider)


def _to_desk(account_id: int | None, inbox_id: int | None, **query: str) -> HttpResponse:
    """The inbox's page, or the one where a new inbox is made; without an account, the desk's first page."""
    path = f"/app/accounts/{account_id}/settings/inboxes/{inbox_id or 'new'}" if account_id else "/app/"
    response = HttpResponseRedirect(f"{path}?{urlencode(query)}")
    # The address of this answer holds a code: no page that follows is told of it, and no one keeps it.
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store"
    return response
