"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Endpoints, Room

ROOM = Room(
    jobs=["ventanilla.automation.jobs"],
    trays=["ventanilla.automation.jobs.run_macros"],
    api=[
        Endpoints(f"{ACCOUNT}/bulk_actions", "ventanilla.api.application.bulk_actions"),
        Endpoints(f"{ACCOUNT}/macros", "ventanilla.api.application.macros"),
        Endpoints(DESK, "ventanilla.api.desk.actions"),
        Endpoints(DESK, "ventanilla.api.desk.macros"),
    ],
    sample="ventanilla.automation.tests.sample.SAMPLE",
)
