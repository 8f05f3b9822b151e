"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Callers, Endpoints, Room

ROOM = Room(
    consumers=[
        "ventanilla.inboxes.consumers.AcceptedInvitations",
        "ventanilla.inboxes.consumers.AccountHours",
        "ventanilla.inboxes.consumers.DepartedAgents",
        "ventanilla.inboxes.consumers.PreChatFields",
    ],
    jobs=["ventanilla.inboxes.jobs"],
    api=[
        Endpoints(ACCOUNT, "ventanilla.api.application.inboxes"),
        Endpoints(ACCOUNT, "ventanilla.api.application.mail_sign_in"),
        Endpoints(DESK, "ventanilla.api.desk.inboxes"),
        Endpoints(DESK, "ventanilla.api.desk.settings_forms"),
        Endpoints(f"{DESK}/holidays", "ventanilla.api.desk.holidays"),
        Endpoints(DESK, "ventanilla.api.desk.mailbox"),
        Endpoints(DESK, "ventanilla.api.desk.mail"),
        Endpoints(DESK, "ventanilla.api.desk.channels"),
        Endpoints(DESK, "ventanilla.api.desk.channel_tools"),
        Endpoints("/api/v1/widget", "ventanilla.api.widget.config", Callers.VISITORS),
    ],
    sample="ventanilla.inboxes.tests.sample.SAMPLE",
)
