"""Fills an empty installation with the example company."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from ventanilla.accounts.commands.accounts import create_account, set_active_account, update_account
from ventanilla.accounts.commands.teams import create_team, set_team_members
from ventanilla.accounts.commands.users import add_member, create_user
from ventanilla.accounts.models import Account, Team, User
from ventanilla.attributes.models import AttributeDefinition, AttributeModel, DisplayType
from ventanilla.config.demo.dialogues import every_label
from ventanilla.config.demo.found import Demo, describe
from ventanilla.config.demo.people import AGENTS, ANALYST, COMPANY, LINES, PASSWORD, Agent, customers
from ventanilla.config.demo.plan import plan
from ventanilla.config.demo.rows import Writer
from ventanilla.contacts.models import Contact
from ventanilla.conversations.models import CannedResponse, Conversation, Draft, Mention, Status
from ventanilla.inboxes.commands.inboxes import create_inbox
from ventanilla.inboxes.commands.members import set_inbox_members
from ventanilla.inboxes.models import Inbox
from ventanilla.kit.clock import now
from ventanilla.labels.commands import create_label
from ventanilla.labels.models import Label
from ventanilla.notifications.models import Notification
from ventanilla.notifications.registry import kind_called
from ventanilla.onboarding.commands import end_first_steps
from ventanilla.timeline.commands import enter as enter_in_timeline

SEED = 20
CONTACTS = 300
CONVERSATIONS = 1500

_COLOURS = (
    "#0b7285",
    "#b5532a",
    "#4a6b2a",
    "#7a4b9b",
    "#a8324a",
    "#2f5fb3",
    "#8a6d1f",
    "#3d7d5f",
    "#9a4f7e",
    "#5b6670",
)
_CANNED = {
    "hola": "Hola, {{contact.first_name}}. Soy {{agent.first_name}}, ¿en qué te ayudo?",
    "gracias": "Gracias a ti por escribirnos, {{contact.first_name}}. Que tengas buen día.",
    "seguimiento": "Puedes ver dónde está tu pedido en https://tienda.alameda.example/seguimiento",
    "devolucion": "Tienes 30 días desde la entrega. Te mando la etiqueta por correo y el mensajero pasa a buscarlo.",
    "reembolso": "La devolución ya está emitida. Tu banco puede tardar hasta 5 días hábiles en mostrarla.",
    "datos-factura": "Para la factura necesito razón social, CIF y dirección, por favor.",
    "equipaje": "Tu tarifa incluye una maleta de mano de 10 kg y un bolso que quepa bajo el asiento.",
    "visita": "¿Qué día y a qué hora te viene bien la visita? Tenemos huecos por la mañana y desde las 17:30.",
    "documentos-alquiler": "Para alquilar pedimos las dos últimas nóminas, el contrato de trabajo y el DNI.",
    "espera": "Lo estoy mirando, dame unos minutos y te digo.",
}
_DRAFTS = (
    ("reply", "Hola, ya tengo respuesta del almacén: "),
    ("reply", "Te confirmo que la recogida queda para mañana entre las 10 y las 14"),
    ("note", "Llamar al proveedor antes de contestar"),
    ("reply", "Perdona la espera. Sobre lo que preguntabas,"),
    ("note", "Ofrecer el envío gratis si vuelve a escribir"),
)


def is_empty() -> bool:
    """Whether no one has set this installation up."""
    return not Account.objects.exists()


@transaction.atomic
def fill(
    *, today: datetime | None = None, contacts: int = CONTACTS, conversations: int = CONVERSATIONS
) -> Demo:
    """Make the company and its last ninety days, counted back from `today`."""
    random = Random(SEED)
    today = today or now()
    account, agents = _company()
    teams = [_team(account, number, agents) for number in range(len(LINES))]
    inboxes = [_website(account, number, agents) for number in range(len(LINES))]
    writer = Writer(
        account,
        agents=agents,
        teams=teams,
        inboxes=inboxes,
        app=_app(account, agents),
        labels=_labels(account, agents[0]),
        random=random,
    )
    _attributes(account)
    CannedResponse.objects.bulk_create(
        CannedResponse(account=account, short_code=code, content=text) for code, text in _CANNED.items()
    )
    people = customers(contacts, random)
    made = writer.write(people, plan(people, count=conversations, today=today, random=random))
    _drafts(account, made, agents)
    _notifications(account, made, agents)
    enter_in_timeline(
        list(Contact.objects.filter(account=account).values_list("pk", flat=True)), before=now()
    )
    end_first_steps(account, by=None)
    return describe(account)


def _company() -> tuple[Account, list[User]]:
    administrator = _user(AGENTS[0])
    account = create_account(
        COMPANY, by=administrator, locale="es", timezone="Europe/Madrid", domain="alameda.example"
    )
    update_account(account, by=administrator, support_email="hola@alameda.example")
    users = [administrator, *(_user(agent) for agent in AGENTS[1:])]
    for user, agent in [*zip(users, AGENTS, strict=True), (_user(ANALYST), ANALYST)]:
        add_member(account, user=user, role=agent.role, by=administrator, availability=agent.availability)
        set_active_account(user, account_id=account.pk)
    return account, users


def _user(agent: Agent) -> User:
    return create_user(agent.email, name=agent.name, by=None, password=PASSWORD, confirmed=True)


def _able(number: int, agents: list[User]) -> list[int]:
    """Ids of the agents who take conversations of that business line."""
    return [user.pk for user, agent in zip(agents, AGENTS, strict=True) if LINES[number].key in agent.lines]


def _team(account: Account, number: int, agents: list[User]) -> Team:
    line = LINES[number]
    team = create_team(account, name=line.team, description=line.about, by=agents[0])
    set_team_members(team, user_ids=_able(number, agents), by=agents[0])
    return team


def _website(account: Account, number: int, agents: list[User]) -> Inbox:
    line = LINES[number]
    channel = {
        "type": "web_widget",
        "website_url": f"https://{line.key}.alameda.example",
        "widget_color": line.colour,
        "welcome_title": "Hola, ¿en qué te ayudamos?",
        "welcome_tagline": line.about,
    }
    inbox = create_inbox(
        account,
        channel=channel,
        by=agents[0],
        name=line.inbox,
        timezone="Europe/Madrid",
        greeting_enabled=True,
        greeting_message=line.greeting,
        enable_auto_assignment=False,
    )
    set_inbox_members(inbox, user_ids=[user.pk for user in agents], by=agents[0])
    return inbox


def _app(account: Account, agents: list[User]) -> Inbox:
    inbox = create_inbox(
        account, channel={"type": "api"}, by=agents[0], name="App Alameda", enable_auto_assignment=False
    )
    set_inbox_members(inbox, user_ids=_able(0, agents), by=agents[0])
    return inbox


def _labels(account: Account, by: User) -> dict[str, Label]:
    titles = [*every_label(), "vip", "mayorista"]
    often = {"envío", "devolución", "reembolso", "visita", "alquiler", "equipaje", "vip", "queja"}
    return {
        title: create_label(
            account,
            title=title,
            by=by,
            color=_COLOURS[number % len(_COLOURS)],
            description="",
            show_on_sidebar=title in often,
        )
        for number, title in enumerate(titles)
    }


def _attributes(account: Account) -> None:
    contact, conversation = AttributeModel.CONTACT, AttributeModel.CONVERSATION
    definitions: tuple[tuple[AttributeModel, str, str, DisplayType, list[str]], ...] = (
        (contact, "cliente_desde", "Cliente desde", DisplayType.DATE, []),
        (contact, "puntos", "Puntos", DisplayType.NUMBER, []),
        (contact, "nivel", "Nivel", DisplayType.LIST, ["Bronce", "Plata", "Oro"]),
        (conversation, "numero_de_pedido", "Número de pedido", DisplayType.TEXT, []),
        (conversation, "revisado", "Revisado por calidad", DisplayType.CHECKBOX, []),
    )
    AttributeDefinition.objects.bulk_create(
        AttributeDefinition(
            account=account,
            attribute_model=model,
            key=key,
            display_name=name,
            display_type=kind,
            values=values,
        )
        for model, key, name, kind, values in definitions
    )


def _drafts(account: Account, conversations: list[Conversation], agents: list[User]) -> None:
    """A few unsent texts in the newest open conversations of the first two agents."""
    mine = [
        row
        for row in reversed(conversations)
        if row.status == Status.OPEN and row.assignee_id in {a.pk for a in agents[:2]}
    ]
    Draft.objects.bulk_create(
        Draft(
            account=account,
            conversation=row,
            user_id=row.assignee_id,
            mode=mode,
            content=content,
            updated_at=row.last_activity_at + timedelta(minutes=2),
        )
        for row, (mode, content) in zip(mine[1::4], _DRAFTS, strict=False)
    )


def _notifications(account: Account, conversations: list[Conversation], agents: list[User]) -> None:
    """What waits behind each agent's bell: their newest mentions and open assignments, the older half read."""
    numbers = {row.pk: row for row in conversations}
    for user in agents:
        told: dict[int, Notification] = {}
        for mention in Mention.objects.filter(account=account, user=user).order_by("-mentioned_at")[:6]:
            told[mention.conversation_id] = Notification(
                kind=kind_called("conversation_mention").number,
                message_id=mention.message_id,
                actor_user=numbers[mention.conversation_id].assignee,
                last_activity_at=mention.mentioned_at,
            )
        mine = [row for row in conversations if row.assignee_id == user.pk and row.status == Status.OPEN]
        for row in mine[-6:]:
            kind = "assigned_conversation_new_message" if row.unread_count else "conversation_assignment"
            notice = Notification(
                kind=kind_called(kind).number,
                message_id=row.last_non_activity_message_id,
                last_activity_at=row.last_activity_at,
            )
            told.setdefault(row.pk, notice)
        rows = sorted(told.items(), key=lambda item: item[1].last_activity_at)
        for place, (conversation_id, notice) in enumerate(rows):
            notice.account, notice.user, notice.conversation_id = account, user, conversation_id
            notice.created_at = notice.last_activity_at
            notice.read_at = (
                notice.last_activity_at + timedelta(minutes=9) if place < len(rows) // 2 else None
            )
        Notification.objects.bulk_create(notice for _, notice in rows)
