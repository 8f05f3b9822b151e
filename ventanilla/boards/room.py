"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Endpoints, Room

ROOM = Room(
    api=[
        Endpoints(f"{ACCOUNT}/custom_filters", "ventanilla.api.application.custom_filters"),
        Endpoints(f"{DESK}/folders", "ventanilla.api.desk.folders"),
        Endpoints(f"{DESK}/boards", "ventanilla.api.desk.boards"),
    ],
    sample="ventanilla.boards.tests.sample.SAMPLE",
)
