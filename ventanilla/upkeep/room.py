"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import Room

ROOM = Room()
