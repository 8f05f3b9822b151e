"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Callers, Endpoints, Room

ROOM = Room(
    consumers=["ventanilla.notifications.consumers.Notifications"],
    jobs=["ventanilla.notifications.jobs"],
    mail_writers={
        "notification.created": "ventanilla.notifications.mails.NOTIFICATION",
        "notification.digest_due": "ventanilla.notifications.digests.DIGEST",
    },
    pushers={"notification.created": "ventanilla.notifications.pushes.NOTIFICATION"},
    api=[
        Endpoints(ACCOUNT, "ventanilla.api.application.notifications"),
        Endpoints(DESK, "ventanilla.api.desk.notification_preferences"),
        Endpoints(DESK, "ventanilla.api.desk.push"),
        Endpoints("/api/v1", "ventanilla.api.application.push_subscriptions", Callers.USERS),
    ],
)
