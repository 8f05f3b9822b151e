"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import DESK, Callers, Endpoints, Room

ROOM = Room(
    jobs=["ventanilla.signin.jobs"],
    trays=["ventanilla.signin.jobs.write_company_links"],
    api=[
        Endpoints("/api/v1/profile/mfa", "ventanilla.api.application.profile_mfa", Callers.USERS),
        Endpoints(DESK, "ventanilla.api.desk.single_sign_on"),
        Endpoints("/sso", "ventanilla.api.desk.provider_entry", Callers.ANYONE),
        Endpoints("/api/desk/companies", "ventanilla.api.desk.companies", Callers.ANYONE),
        Endpoints("/api/desk/passkeys", "ventanilla.api.desk.passkey_entry", Callers.ANYONE),
        Endpoints("/api/desk/security", "ventanilla.api.desk.passkeys", Callers.USERS),
        Endpoints("/api/desk/security", "ventanilla.api.desk.security", Callers.USERS),
        Endpoints(DESK, "ventanilla.api.desk.second_step_rule"),
    ],
)
