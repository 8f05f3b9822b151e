"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Endpoints, Room

ROOM = Room(
    api=[
        Endpoints(f"{ACCOUNT}/bulk_actions", "ventanilla.api.application.bulk_actions"),
        Endpoints(DESK, "ventanilla.api.desk.actions"),
    ],
    is_app=False,
)
