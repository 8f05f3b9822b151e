"""Writes the plan as rows, in bulk, with every kept column as the commands would have left it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db.models import F

from ventanilla.accounts.models import Account, Team, User
from ventanilla.config.demo import files
from ventanilla.config.demo.people import AGENTS, LINES, Person
from ventanilla.config.demo.plan import Said, Talk
from ventanilla.contacts.models import Contact, ContactInbox, ContactLabel, ContactNote
from ventanilla.contacts.normal import derived
from ventanilla.conversations.commands.activity import activity_text
from ventanilla.conversations.models import (
    Attachment,
    Conversation,
    ConversationLabel,
    Mention,
    Message,
    MessageStatus,
    MessageType,
    Participant,
    Priority,
    SenderType,
    Status,
)
from ventanilla.inboxes.models import Inbox
from ventanilla.kit import storage
from ventanilla.labels.models import Label

UNREAD_CAP = 10
MOST_FILES = 160  # of the planned ones, the newest; each is a file of its own
_NOTES = (
    "Prefiere llamadas por la tarde.",
    "Cliente desde hace años, trato muy cercano.",
    "Pide siempre factura a nombre de empresa.",
    "Viaja con dos niños y carrito.",
    "Ojo: la dirección de la ficha es la del trabajo.",
    "Busca vivienda con terraza, sin prisa.",
)


class Writer:
    """The rows everything else points at, and the steps that write the rest."""

    def __init__(
        self,
        account: Account,
        *,
        agents: list[User],
        teams: list[Team],
        inboxes: list[Inbox],
        app: Inbox,
        labels: dict[str, Label],
        random: Random,
    ) -> None:
        self.account = account
        self.agents = agents
        self.teams = teams
        self.inboxes = inboxes
        self.app = app
        self.labels = labels
        self.random = random

    def write(self, people: list[Person], talks: list[Talk]) -> list[Conversation]:
        """Contacts, conversations, messages and what hangs on them."""
        contacts = self._contacts(people, talks)
        conversations = self._conversations(contacts, self._identities(contacts, talks), talks)
        messages = self._messages(conversations, talks)
        self._newest_messages(conversations, talks, messages)
        self._attachments(talks, messages)
        self._labels(contacts, conversations)
        self._followers(conversations, talks, messages)
        self._contact_notes(contacts)
        return conversations

    def _contacts(self, people: list[Person], talks: list[Talk]) -> list[Contact]:
        first: dict[int, datetime] = {}
        latest: dict[int, datetime] = {}
        for talk in talks:
            first.setdefault(talk.person, talk.started_at)
            latest[talk.person] = max(m.at for m in talk.messages if m.kind == "c")
        rows = [self._contact(person, first[number], latest[number]) for number, person in enumerate(people)]
        for row in rows:  # what the commands keep beside the given fields; without it no one could be found
            for column, value in derived(row).items():
                setattr(row, column, value)
        return Contact.objects.bulk_create(rows)

    def _contact(self, person: Person, first: datetime, latest: datetime) -> Contact:
        labels = self.random.choices(([], ["vip"], ["mayorista"]), (85, 10, 5))[0]
        attributes = {"city": person.city, "country_code": person.country}
        if person.company:
            attributes["company_name"] = person.company
        return Contact(
            account=self.account,
            name=person.name,
            email=person.email,
            phone_number=person.phone,
            identifier=person.identifier,
            contact_type=Contact.Type.LEAD,
            additional_attributes=attributes,
            custom_attributes={
                "cliente_desde": person.customer_since,
                "puntos": person.points,
                "nivel": person.tier,
            },
            location=person.city,
            country_code=person.country,
            company=person.company,
            label_titles=labels,
            last_activity_at=latest,
            created_at=first - timedelta(seconds=2),
        )

    def _identities(self, contacts: list[Contact], talks: list[Talk]) -> dict[tuple[int, int], ContactInbox]:
        """How each inbox knows each contact that wrote there."""
        wanted = {(talk.person, self._inbox(talk).pk): talk for talk in reversed(talks)}
        rows = [
            ContactInbox(
                contact=contacts[person],
                inbox=self._inbox(talk),
                source_id=str(uuid.UUID(int=self.random.getrandbits(128), version=4)),
                created_at=talk.started_at,
            )
            for (person, _), talk in wanted.items()
        ]
        return dict(zip(wanted, ContactInbox.objects.bulk_create(rows), strict=True))

    def _inbox(self, talk: Talk) -> Inbox:
        return self.app if talk.through_app else self.inboxes[talk.line]

    def _conversations(
        self, contacts: list[Contact], identities: dict[tuple[int, int], ContactInbox], talks: list[Talk]
    ) -> list[Conversation]:
        rows = []
        for number, talk in enumerate(talks, start=1):
            inbox = self._inbox(talk)
            rows.append(
                Conversation(
                    account=self.account,
                    inbox=inbox,
                    contact=contacts[talk.person],
                    contact_inbox=identities[talk.person, inbox.pk],
                    display_id=number,
                    uuid=uuid.UUID(int=self.random.getrandbits(128), version=4),
                    status=Status[talk.status.upper()],
                    close_reason=talk.close_reason,
                    snoozed_until=talk.snoozed_until,
                    priority=Priority[talk.priority.upper()] if talk.priority else None,
                    assignee=self.agents[talk.assignee] if talk.assignee is not None else None,
                    team=self.teams[talk.line]
                    if talk.assignee is not None or self.random.random() < 0.6
                    else None,
                    additional_attributes=self._circumstances(talk),
                    custom_attributes={"numero_de_pedido": talk.order} if talk.line == 0 else {},
                    label_titles=sorted(set(talk.labels)),
                    contact_last_seen_at=talk.contact_seen_at,
                    agent_last_seen_at=talk.seen_at,
                    assignee_last_seen_at=talk.seen_at if talk.assignee is not None else None,
                    created_at=talk.started_at,
                    **kept_columns(talk),
                )
            )
        self.account.last_display_id = len(rows)
        self.account.save(update_fields=["last_display_id"])
        made = Conversation.objects.bulk_create(rows, batch_size=500)
        Conversation.objects.filter(account=self.account).update(updated_at=F("last_activity_at"))
        return made

    def _circumstances(self, talk: Talk) -> dict[str, Any]:
        if talk.through_app:
            return {"app": "Alameda para Android"}
        browser = self.random.choice(("Chrome", "Safari", "Firefox", "Edge"))
        system = self.random.choice(("Android", "iOS", "Windows", "macOS"))
        return {
            "browser": {"browser_name": browser, "platform_name": system, "device_name": "Unknown"},
            "browser_language": self.random.choices(("es", "ca", "en"), (90, 5, 5))[0],
            "referer": f"https://{LINES[talk.line].key}.alameda.example/",
            "initiated_at": {"timestamp": talk.started_at.isoformat()},
        }

    def _messages(self, conversations: list[Conversation], talks: list[Talk]) -> list[list[Message]]:
        """All messages in the order they were said, so that ids grow with time; then by conversation again."""
        said = [
            (message.at, number, place)
            for number, talk in enumerate(talks)
            for place, message in enumerate(talk.messages)
        ]
        rows = [self._message(conversations[n], talks[n], talks[n].messages[p]) for _, n, p in sorted(said)]
        Message.objects.bulk_create(rows, batch_size=500)
        by_talk: dict[int, list[Message]] = defaultdict(list)
        for (_, number, _), row in zip(sorted(said), rows, strict=True):
            by_talk[number].append(row)
        return [by_talk[number] for number in range(len(talks))]

    def _message(self, conversation: Conversation, talk: Talk, said: Said) -> Message:
        row = Message(
            account=self.account,
            inbox_id=conversation.inbox_id,
            conversation=conversation,
            content=said.text,
            private=said.kind == "n",
            has_attachments=bool(said.file),
            created_at=said.at,
            updated_at=said.at,
        )
        if said.kind == "c":
            row.message_type, row.sender_type = MessageType.INCOMING, SenderType.CONTACT
            row.sender_id = conversation.contact_id
        elif said.kind in "an" and said.agent is not None:
            row.message_type, row.sender_type = MessageType.OUTGOING, SenderType.USER
            row.sender_id = self.agents[said.agent].pk
            row.content = self._with_mention(said)
        elif said.kind == "greeting":
            row.message_type = MessageType.TEMPLATE
        else:
            row.message_type = MessageType.ACTIVITY
            row.content = activity_text(said.kind, said.variables, locale=self.account.locale)
            user_id = next(user.pk for user in self.agents if user.name == said.variables["actor"])
            row.additional_attributes = {
                "activity": said.kind,
                "variables": said.variables,
                "user_id": user_id,
            }
        seen = talk.contact_seen_at
        if (
            row.message_type in {MessageType.OUTGOING, MessageType.TEMPLATE}
            and not row.private
            and seen
            and said.at <= seen
        ):
            row.status = MessageStatus.READ
        return row

    def _with_mention(self, said: Said) -> str:
        if said.mentions is None:
            return said.text
        name = AGENTS[said.mentions].name
        link = f"[@{name}](mention://user/{self.agents[said.mentions].pk}/{name.replace(' ', '%20')})"
        return said.text.replace(f"@{{mention:{said.mentions}}}", link)

    def _newest_messages(
        self, conversations: list[Conversation], talks: list[Talk], messages: list[list[Message]]
    ) -> None:
        for conversation, rows in zip(conversations, messages, strict=True):
            conversation.last_message_id = rows[-1].pk
            spoken = [row for row in rows if row.message_type != MessageType.ACTIVITY]
            conversation.last_non_activity_message_id = spoken[-1].pk
        Conversation.objects.bulk_update(
            conversations, ["last_message_id", "last_non_activity_message_id"], batch_size=300
        )

    def _attachments(self, talks: list[Talk], messages: list[list[Message]]) -> None:
        planned = [
            (row, said, talk.line)
            for talk, rows in zip(talks, messages, strict=True)
            for row, said in zip(rows, sorted(talk.messages, key=lambda message: message.at), strict=True)
            if said.file
        ]
        planned.sort(key=lambda each: each[1].at, reverse=True)
        Attachment.objects.bulk_create([self._attachment(*each) for each in planned[:MOST_FILES]])
        without = [row.pk for row, _, _ in planned[MOST_FILES:]]
        Message.objects.filter(pk__in=without).update(has_attachments=False)

    def _attachment(self, row: Message, said: Said, line: int) -> Attachment:
        if said.file == "foto":
            scene = "parcel" if line == 0 else "wall" if said.kind == "c" else "house"
            name, content = files.picture(self.random, scene=scene)
        else:
            title = row.content.split(".")[0][:46] or "Documento"
            lines = [
                "Fecha: " + said.at.strftime("%d/%m/%Y"),
                "Referencia: " + str(self.random.randint(10**6, 10**7)),
            ]
            name, content = files.document(self.random, title=title, lines=lines)
        blob = storage.store_bytes(content, filename=name)
        return Attachment(
            account=self.account,
            message=row,
            file_type=blob.kind,
            file=blob.key,
            filename=blob.filename,
            mime_type=blob.content_type,
            size=blob.byte_size,
            width=blob.width,
            height=blob.height,
            created_at=said.at,
        )

    def _labels(self, contacts: list[Contact], conversations: list[Conversation]) -> None:
        ConversationLabel.objects.bulk_create(
            ConversationLabel(conversation=row, label=self.labels[title])
            for row in conversations
            for title in row.label_titles
        )
        ContactLabel.objects.bulk_create(
            ContactLabel(contact=row, label=self.labels[title])
            for row in contacts
            for title in row.label_titles
        )

    def _followers(
        self, conversations: list[Conversation], talks: list[Talk], messages: list[list[Message]]
    ) -> None:
        """Who was given, wrote in, or was mentioned in a conversation follows it."""
        participants, mentions = [], []
        for conversation, talk, rows in zip(conversations, talks, messages, strict=True):
            following: dict[int, datetime] = {}
            if talk.assignee is not None:
                following[talk.assignee] = talk.started_at
            for row, said in zip(rows, sorted(talk.messages, key=lambda message: message.at), strict=True):
                if said.mentions is not None:
                    following.setdefault(said.mentions, said.at)
                    mentions.append(
                        Mention(
                            account=self.account,
                            conversation=conversation,
                            user=self.agents[said.mentions],
                            message=row,
                            mentioned_at=said.at,
                        )
                    )
            participants += [
                Participant(
                    account=self.account, conversation=conversation, user=self.agents[who], created_at=at
                )
                for who, at in following.items()
            ]
        Participant.objects.bulk_create(participants)
        Mention.objects.bulk_create(mentions)

    def _contact_notes(self, contacts: list[Contact]) -> None:
        chosen = self.random.sample(contacts, len(contacts) // 5)
        ContactNote.objects.bulk_create(
            ContactNote(
                account=self.account,
                contact=contact,
                user=self.random.choice(self.agents),
                content=self.random.choice(_NOTES),
                created_at=contact.last_activity_at or contact.created_at,
            )
            for contact in chosen
        )


def kept_columns(talk: Talk) -> dict[str, Any]:
    """What lists read, from what was said: the rules of conversations.commands over a finished thread."""
    talk.messages.sort(key=lambda message: message.at)
    first_reply = last_incoming = None
    waiting: datetime | None = talk.started_at
    unread = 0
    for message in talk.messages:
        if message.kind == "c":
            last_incoming = message.at
            waiting = waiting or message.at
            unread += talk.seen_at is None or message.at > talk.seen_at
        elif message.kind == "a":
            first_reply, waiting = first_reply or message.at, None
    return {
        "first_reply_created_at": first_reply,
        "waiting_since": waiting,
        "last_incoming_at": last_incoming,
        "last_activity_at": talk.messages[-1].at,
        "unread_count": min(UNREAD_CAP, unread),
    }
