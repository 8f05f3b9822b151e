"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, Callers, Endpoints, Room

ROOM = Room(
    consumers=["ventanilla.contacts.consumers.LabelCopies"],
    trays=["ventanilla.contacts.jobs.fetch_avatars"],
    api=[
        Endpoints(ACCOUNT, "ventanilla.api.application.contacts"),
        Endpoints(ACCOUNT, "ventanilla.api.application.contact_notes"),
        Endpoints("/api/v1/widget", "ventanilla.api.widget.contact", Callers.VISITORS),
        Endpoints("/public/api/v1", "ventanilla.api.public.contacts", Callers.ANYONE),
    ],
    sample="ventanilla.contacts.tests.sample.SAMPLE",
)
