"""From the bytes of a mail to a `Mail`: every charset, broken structure and old attachment format people really send.

`read_mail` never raises for what a mail contains, except Unreadable when there is no mail in the bytes at all.
"""

from ventanilla.channels.email.reading.mail import (
    Address,
    Attachment,
    Automatic,
    CalendarCard,
    FailedRecipient,
    Mail,
    Protection,
)
from ventanilla.channels.email.reading.read import Context, read_mail

__all__ = [
    "Address",
    "Attachment",
    "Automatic",
    "CalendarCard",
    "Context",
    "FailedRecipient",
    "Mail",
    "Protection",
    "read_mail",
]
