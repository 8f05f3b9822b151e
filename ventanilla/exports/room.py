"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import DESK, Endpoints, Room

ROOM = Room(
    jobs=["ventanilla.exports.jobs"],
    trays=["ventanilla.exports.jobs.work_on_exports"],
    api=[Endpoints(DESK, "ventanilla.api.desk.exports")],
    sample="ventanilla.exports.tests.sample.SAMPLE",
)
