"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Callers, Endpoints, Room

ROOM = Room(
    consumers=["ventanilla.contacts.consumers.LabelCopies"],
    jobs=["ventanilla.contacts.jobs.imports"],
    trays=[
        "ventanilla.contacts.jobs.avatars.fetch_avatars",
        "ventanilla.contacts.jobs.imports.work_on_imports",
    ],
    api=[
        Endpoints(ACCOUNT, "ventanilla.api.application.contacts"),
        Endpoints(ACCOUNT, "ventanilla.api.application.contact_notes"),
        Endpoints(ACCOUNT, "ventanilla.api.application.contact_import"),
        Endpoints(ACCOUNT, "ventanilla.api.application.contact_export"),
        Endpoints(DESK, "ventanilla.api.desk.contact_imports"),
        Endpoints(DESK, "ventanilla.api.desk.contact_export"),
        Endpoints(DESK, "ventanilla.api.desk.contact_card"),
        Endpoints("/api/v1/widget", "ventanilla.api.widget.contact", Callers.VISITORS),
        Endpoints("/public/api/v1", "ventanilla.api.public.contacts", Callers.ANYONE),
    ],
    sample="ventanilla.contacts.tests.sample.SAMPLE",
)
