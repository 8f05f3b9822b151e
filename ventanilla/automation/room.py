"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Endpoints, Room

ROOM = Room(
    jobs=["ventanilla.automation.jobs", "ventanilla.automation.bulk_jobs"],
    trays=["ventanilla.automation.jobs.run_macros", "ventanilla.automation.bulk_jobs.work_on_bulk_changes"],
    api=[
        Endpoints(f"{ACCOUNT}/bulk_actions", "ventanilla.api.application.bulk_actions"),
        Endpoints(f"{ACCOUNT}/macros", "ventanilla.api.application.macros"),
        Endpoints(DESK, "ventanilla.api.desk.actions"),
        Endpoints(DESK, "ventanilla.api.desk.macros"),
        Endpoints(f"{DESK}/bulk_changes", "ventanilla.api.desk.bulk_changes"),
    ],
    sample="ventanilla.automation.tests.sample.SAMPLE",
)
