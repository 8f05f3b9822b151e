"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import Callers, Endpoints, Room

ROOM = Room(
    api=[
        Endpoints("/api/v1/profile/mfa", "ventanilla.api.application.profile_mfa", Callers.USERS),
        Endpoints("/api/desk/security", "ventanilla.api.desk.security", Callers.USERS),
    ],
)
