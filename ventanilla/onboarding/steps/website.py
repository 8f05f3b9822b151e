"""The chat on the company's page."""

from __future__ import annotations

from ventanilla.accounts.models import Account
from ventanilla.inboxes.channels import kinds_where
from ventanilla.inboxes.rendering import widget_script
from ventanilla.onboarding.selectors import real_inboxes
from ventanilla.onboarding.step import Seen, Step


class PutChatOnSite(Step):
    """Done when the line was seen on the page: by us, or by a visitor's browser there."""

    place = 3
    name = "website"
    minutes = 2

    @classmethod
    def look(cls, account: Account) -> Seen:
        chats = list(real_inboxes(account).filter(kind__in=kinds_where(in_our_widget=True)))
        seen = next((one for one in chats if one.last_success_at), None)
        shown = seen or next(iter(chats), None)
        if shown is None:
            return Seen(False, {"inbox_id": None, "address": "", "code": ""})
        address = str(shown.channel_settings.get("website_url", ""))
        facts = {"inbox_id": shown.pk, "address": address, "code": widget_script(shown)}
        return Seen(seen is not None, facts)
