"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, Endpoints, Room

ROOM = Room(
    api=[Endpoints(f"{ACCOUNT}/labels", "ventanilla.api.application.labels")],
    sample="ventanilla.labels.tests.sample.SAMPLE",
)
