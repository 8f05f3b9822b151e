"""What an operator sets for email alone: providers that bring mail by HTTP, and those where mailboxes are signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ventanilla.kit import setting_values as values
from ventanilla.kit.options import Option

OPTIONS = (
    Option(
        "MICROSOFT_LOGIN_URL",
        "https://login.microsoftonline.com",
        values.address("https", "http", example="https://login.microsoftonline.com"),
        "Where Microsoft signs people in; its national clouds have addresses of their own.",
    ),
    Option(
        "MAIL_WEBHOOK_SECRET",
        "",
        values.user_and_password,
        "user:password that providers give when they bring mail to /webhooks/mail/PROVIDER (postmark, sendgrid, brevo,"
        " mailjet, sparkpost, amazon_ses). Empty: those webhooks are off.",
        True,
    ),
    Option(
        "MAILGUN_SIGNING_KEY",
        "",
        values.text,
        "HTTP webhook signing key of Mailgun, for /webhooks/mail/mailgun. Empty: closed.",
        True,
    ),
    Option(
        "MANDRILL_WEBHOOK_KEY",
        "",
        values.text,
        "Webhook key of Mandrill, for /webhooks/mail/mandrill. Empty: closed.",
        True,
    ),
    Option("BREVO_API_KEY", "", values.text, "Fetches the attachments of mail that Brevo brings.", True),
    Option(
        "GOOGLE_CLIENT_ID",
        "",
        values.text,
        "OAuth client (web application) that signs mailboxes in at Google; its redirect address is /google/callback.",
    ),
    Option(
        "GOOGLE_CLIENT_SECRET",
        "",
        values.text,
        "Secret of that client. Empty: no one signs in with Google.",
        True,
    ),
    Option(
        "MICROSOFT_APP_SECRET",
        "",
        values.text,
        "Secret of MICROSOFT_APP_ID; its redirect address is /microsoft/callback. Empty: no one signs in with Microsoft.",
        True,
    ),
    Option(
        "MICROSOFT_TENANT",
        "common",
        values.text,
        "Whose accounts may sign in: common, organizations, or a directory's id.",
    ),
    Option(
        "MAIL_BOUNCE_DOMAIN",
        "",
        values.domain,
        "Domain whose mail comes here (its MX leads to MAIL_LISTEN or a provider's webhook) and whose SPF allows our server;"
        " sender domains may point a CNAME at it, and bounces come back there. Empty: not offered.",
    ),
    Option(
        "MAX_MAIL_CALL_MB",
        "60",
        values.whole,
        "Largest call to /webhooks/mail, in megabytes: a mail with its attachments as the provider writes them.",
    ),
)


def settings_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """The largest call in bytes, and who signs mailboxes in: where we are registered, and the provider's addresses."""
    microsoft = f"{given['MICROSOFT_LOGIN_URL'].rstrip('/')}/{given['MICROSOFT_TENANT']}/oauth2/v2.0"
    return {
        "MAX_MAIL_CALL_BYTES": given["MAX_MAIL_CALL_MB"] * 1024 * 1024,
        "MAIL_SIGN_IN": {
            "google": {
                "client_id": given["GOOGLE_CLIENT_ID"],
                "client_secret": given["GOOGLE_CLIENT_SECRET"],
                "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
                "token_url": "https://oauth2.googleapis.com/token",
            },
            "microsoft": {
                "client_id": given["MICROSOFT_APP_ID"],
                "client_secret": given["MICROSOFT_APP_SECRET"],
                "authorize_url": f"{microsoft}/authorize",
                "token_url": f"{microsoft}/token",
            },
        },
    }
