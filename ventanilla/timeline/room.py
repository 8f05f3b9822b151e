"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import DESK, Endpoints, Room

ROOM = Room(
    consumers=["ventanilla.timeline.consumers.Timeline"],
    jobs=["ventanilla.timeline.jobs"],
    api=[Endpoints(DESK, "ventanilla.api.desk.contact_timeline")],
)
