"""How often something may be done: every limit with its default, in one place. `docs/howto/settings.md` lists them.

Names end with whom they count: `_per_ip` a caller's address (IPv6 by /64), `_per_visitor` one session of a browser or
app, `_per_email`, `_per_account`. Many people share an address (an office, a carrier), so those are far higher.
Contract A.9 has such throttles; its figures per address are lower and are settings there, too.
"""

from __future__ import annotations

from typing import NamedTuple


class Limit(NamedTuple):
    """How many in how long ("60/1h"), and what is counted."""

    rule: str
    help: str


LIMITS: dict[str, Limit] = {
    "requests_per_ip": Limit("3000/1m", "Requests of any kind from one address, per web process."),
    "sign_in_per_ip": Limit("5/5m", "Wrong passwords from an address and browser that never came in before."),
    "sign_in_per_email": Limit("10/15m", "Wrong passwords for one email from such addresses together."),
    "sign_in_per_device": Limit(
        "10/15m", "Wrong passwords for one email from a browser or address that came in before."
    ),
    "second_step_per_ip": Limit(
        "5/5m", "Wrong codes of the second step from an address and browser that never came in before."
    ),
    "second_step_per_email": Limit("10/1h", "Wrong codes for one email from such addresses together."),
    "second_step_per_device": Limit(
        "10/15m", "Wrong codes for one email from a browser or address that came in before."
    ),
    "passkey_per_ip": Limit("30/5m", "Passkeys that were refused, from one address."),
    "single_sign_on_per_ip": Limit(
        "120/5m", "Sign-ins by a company's provider that were begun or ended from one address."
    ),
    "provider_checks_per_account": Limit("60/1h", "Providers of single sign-on that an account has asked."),
    "password_per_ip": Limit("5/30m", "Forgotten passwords and used links from one address."),
    "password_per_email": Limit(
        "5/1h", "Forgotten passwords for one email from where it never came in before."
    ),
    "password_per_device": Limit("5/1h", "Forgotten passwords for one email from where it came in before."),
    "confirmation_per_ip": Limit("5/30m", "Mails to confirm an email, and their links, from one address."),
    "sign_up_per_ip": Limit("5/30m", "New accounts from one address."),
    "invitations_per_ip": Limit("60/1h", "Looks at invitations, and answers to them, from one address."),
    "invitations_per_account": Limit("60/1h", "Invitations that an account sends, or hands over as links."),
    "widget_visitors_per_ip": Limit("600/1h", "New visitors of website chats from one address."),
    "widget_conversations_per_visitor": Limit(
        "20/1h", "Conversations that one visitor begins by the chat's form."
    ),
    "widget_conversations_per_ip": Limit("600/1h", "The same from one address."),
    "widget_contact_per_visitor": Limit("60/1h", "Times one visitor says who they are."),
    "widget_contact_per_ip": Limit("3000/1h", "The same from one address."),
    "widget_uploads_per_visitor": Limit("60/1h", "Files that one visitor announces."),
    "widget_uploads_per_ip": Limit("1000/1h", "The same from one address."),
    "widget_transcripts_per_visitor": Limit("5/1h", "Copies of a conversation that one visitor asks for."),
    "widget_transcripts_per_email": Limit("10/1h", "Copies that visitors have sent to one address."),
    "public_contacts_per_ip": Limit("600/1h", "New contacts by the public client API from one address."),
    "public_contact_per_visitor": Limit("60/1h", "Changes of one contact by the public client API."),
    "public_conversations_per_visitor": Limit(
        "60/1h", "Conversations one contact begins by the public client API."
    ),
    "public_misses_per_ip": Limit(
        "100/10m", "Calls of the public client API with an unknown source_id, from one address."
    ),
    "survey_answers_per_survey": Limit("20/1h", "Answers to one survey."),
    "survey_answers_per_ip": Limit("600/1h", "Answers to surveys from one address."),
    "transcripts_per_account": Limit("30/1h", "Copies of conversations that an account's agents send."),
    "uploads_per_account": Limit("60/1h", "Files announced for an account."),
    "contact_search_per_account": Limit("100/1m", "Searches for contacts in an account."),
    "page_looks_per_account": Limit("60/10m", "Looks at an account's website for the line of the chat."),
    "action_webhooks_per_account": Limit(
        "600/1h", "Webhooks that macros and bulk changes of an account call, each conversation one."
    ),
    "mail_probes_per_account": Limit("60/10m", "Tries of mail servers by an account."),
}
