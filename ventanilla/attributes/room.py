"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, Endpoints, Room

ROOM = Room(
    api=[
        Endpoints(f"{ACCOUNT}/custom_attribute_definitions", "ventanilla.api.application.custom_attributes")
    ],
    sample="ventanilla.attributes.tests.sample.SAMPLE",
)
