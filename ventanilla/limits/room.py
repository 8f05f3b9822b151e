"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import DESK, Endpoints, Room

ROOM = Room(api=[Endpoints(DESK, "ventanilla.api.desk.limits")])
