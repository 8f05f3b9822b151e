"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, Endpoints, Room

ROOM = Room(
    api=[Endpoints(f"{ACCOUNT}/dashboard_apps", "ventanilla.api.application.dashboard_apps")],
    sample="ventanilla.integrations.tests.sample.SAMPLE",
)
