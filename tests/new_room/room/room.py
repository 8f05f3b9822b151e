"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, Endpoints, Room

ROOM = Room(
    consumers=["ventanilla.greetings.consumers.Greetings"],
    jobs=["ventanilla.greetings.jobs"],
    api=[Endpoints(f"{ACCOUNT}/greetings", "ventanilla.api.application.greetings")],
    sample="ventanilla.greetings.tests.sample.SAMPLE",
)
