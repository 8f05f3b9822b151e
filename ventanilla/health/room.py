"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import DESK, Endpoints, Room

ROOM = Room(
    jobs=["ventanilla.health.jobs"],
    callers={"health.changed": "ventanilla.health.telling.CALLER"},
    api=[Endpoints(f"{DESK}/health", "ventanilla.api.desk.health")],
    sample="ventanilla.health.tests.sample.SAMPLE",
)
