"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import DESK, Endpoints, Room

ROOM = Room(
    consumers=[
        "ventanilla.delivery.consumers.MessagesToSend",
        "ventanilla.delivery.consumers.InboxWebhooks",
        "ventanilla.delivery.consumers.MailsToWrite",
        "ventanilla.delivery.consumers.PushesToSend",
    ],
    jobs=["ventanilla.delivery.jobs"],
    checks=["ventanilla.delivery.checks"],
    trays=[
        "ventanilla.delivery.in_tray.read_due",
        "ventanilla.delivery.out_tray.send_due",
        *["ventanilla.delivery.out_tray.help_send"] * 3,
        "ventanilla.delivery.pulling.keep_watching",
        "ventanilla.delivery.listener.keep_listening",
    ],
    at_stop=[
        "ventanilla.delivery.pulling.stop_watching",
        "ventanilla.delivery.listener.stop_listening",
    ],
    mail_writers={"conversation.transcript_requested": "ventanilla.delivery.mails.TRANSCRIPT"},
    api=[
        Endpoints(DESK, "ventanilla.api.desk.delivery"),
        Endpoints(DESK, "ventanilla.api.desk.incoming"),
    ],
)
