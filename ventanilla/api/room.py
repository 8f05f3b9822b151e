"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Endpoints, Room

ROOM = Room(
    api=[
        Endpoints(f"{ACCOUNT}/macros", "ventanilla.api.application.macros"),
        Endpoints(DESK, "ventanilla.api.desk.warnings"),
    ],
)
