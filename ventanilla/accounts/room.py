"""What the processes run of this room, and the addresses it answers at."""

from ventanilla.kit.rooms import ACCOUNT, DESK, Callers, Endpoints, Room

ROOM = Room(
    jobs=["ventanilla.accounts.jobs"],
    checks=["ventanilla.accounts.checks"],
    trays=["ventanilla.accounts.jobs.send_system_mail"],
    api=[
        Endpoints("/auth", "ventanilla.api.application.auth_routes", Callers.ANYONE),
        Endpoints("", "ventanilla.api.application.sign_up", Callers.ANYONE),
        Endpoints("/api/desk", "ventanilla.api.desk.session", Callers.ANYONE),
        Endpoints("/api/desk", "ventanilla.api.desk.invitations", Callers.ANYONE),
        Endpoints("/api/v1/profile", "ventanilla.api.application.profile", Callers.USERS),
        Endpoints(ACCOUNT, "ventanilla.api.application.account"),
        Endpoints(f"{ACCOUNT}/agents", "ventanilla.api.application.agents"),
        Endpoints(f"{ACCOUNT}/teams", "ventanilla.api.application.teams"),
        Endpoints(f"{ACCOUNT}/custom_roles", "ventanilla.api.application.custom_roles"),
        Endpoints(DESK, "ventanilla.api.desk.roles"),
        Endpoints(DESK, "ventanilla.api.desk.view_as"),
        Endpoints(DESK, "ventanilla.api.desk.installation"),
        Endpoints(DESK, "ventanilla.api.desk.agent_access"),
        Endpoints("/platform/api/v1", "ventanilla.api.platform.accounts", Callers.OPERATORS),
        Endpoints("/platform/api/v1", "ventanilla.api.platform.users", Callers.OPERATORS),
    ],
    sample="ventanilla.accounts.tests.sample.SAMPLE",
)
