"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Endpoints, Room

ROOM = Room(
    consumers=["ventanilla.search.consumers.Index"],
    jobs=["ventanilla.search.jobs"],
    api=[
        Endpoints(f"{ACCOUNT}/search", "ventanilla.api.application.search"),
        Endpoints(f"{DESK}/search", "ventanilla.api.desk.search"),
    ],
)
