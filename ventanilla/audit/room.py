"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Endpoints, Room

ROOM = Room(
    consumers=["ventanilla.audit.consumers.AuditLog"],
    jobs=["ventanilla.audit.jobs"],
    api=[
        Endpoints(ACCOUNT, "ventanilla.api.application.audit_logs"),
        Endpoints(DESK, "ventanilla.api.desk.audit"),
    ],
)
