"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Endpoints, Room

ROOM = Room(
    consumers=["ventanilla.service_levels.consumers.Clocks", "ventanilla.service_levels.consumers.Hours"],
    jobs=["ventanilla.service_levels.jobs"],
    api=[
        Endpoints(f"{ACCOUNT}/sla_policies", "ventanilla.api.application.sla_policies"),
        Endpoints(f"{ACCOUNT}/applied_slas", "ventanilla.api.application.applied_slas"),
        Endpoints(f"{DESK}/service_levels", "ventanilla.api.desk.service_levels"),
    ],
    sample="ventanilla.service_levels.tests.sample.SAMPLE",
)
