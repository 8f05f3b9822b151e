"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, Callers, Endpoints, Room

ROOM = Room(
    api=[
        Endpoints(f"{ACCOUNT}/csat_survey_responses", "ventanilla.api.application.csat_survey_responses"),
        Endpoints("/public/api/v1", "ventanilla.api.public.csat_survey", Callers.ANYONE),
    ],
)
