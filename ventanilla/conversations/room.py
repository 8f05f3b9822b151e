"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Callers, Endpoints, Room

CONVERSATIONS = f"{ACCOUNT}/conversations"
ONE = f"{CONVERSATIONS}/{{int:conversation_id}}"

ROOM = Room(
    consumers=[
        "ventanilla.conversations.consumers.LabelCopies",
        "ventanilla.conversations.consumers.Departures",
    ],
    jobs=["ventanilla.conversations.jobs"],
    checks=["ventanilla.conversations.checks"],
    api=[
        Endpoints(f"{ONE}/messages", "ventanilla.api.application.messages", asked_often=True),
        Endpoints(CONVERSATIONS, "ventanilla.api.application.conversations", asked_often=True),
        Endpoints(CONVERSATIONS, "ventanilla.api.application.conversation_state", asked_often=True),
        Endpoints(CONVERSATIONS, "ventanilla.api.application.conversation_details", asked_often=True),
        Endpoints(f"{ONE}/participants", "ventanilla.api.application.participants"),
        Endpoints(f"{ACCOUNT}/contacts", "ventanilla.api.application.contact_conversations"),
        Endpoints(f"{ACCOUNT}/canned_responses", "ventanilla.api.application.canned_responses"),
        Endpoints(DESK, "ventanilla.api.desk.opening"),
        Endpoints(DESK, "ventanilla.api.desk.own"),
        Endpoints(DESK, "ventanilla.api.desk.drafts"),
        Endpoints(DESK, "ventanilla.api.desk.shared_drafts"),
        Endpoints(DESK, "ventanilla.api.desk.scheduled"),
        Endpoints(DESK, "ventanilla.api.desk.counts"),
        Endpoints(DESK, "ventanilla.api.desk.selection"),
        Endpoints(DESK, "ventanilla.api.desk.filter_fields"),
        Endpoints(DESK, "ventanilla.api.desk.merging"),
        Endpoints(DESK, "ventanilla.api.desk.splitting"),
        Endpoints(DESK, "ventanilla.api.desk.claims"),
        Endpoints(f"{DESK}/canned", "ventanilla.api.desk.canned"),
        Endpoints(ACCOUNT, "ventanilla.api.uploads.account"),
        Endpoints("", "ventanilla.api.uploads.generic", Callers.USERS),
        Endpoints("/api/v1/widget", "ventanilla.api.widget.conversations", Callers.VISITORS),
        Endpoints("/api/v1/widget", "ventanilla.api.widget.home", Callers.VISITORS),
        Endpoints("/api/v1/widget", "ventanilla.api.widget.messages", Callers.VISITORS),
        Endpoints("/public/api/v1", "ventanilla.api.public.conversations", Callers.ANYONE),
    ],
    sample="ventanilla.conversations.tests.sample.SAMPLE",
)
