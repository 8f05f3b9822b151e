"""Account, user and everything that says who may come in."""

from ventanilla.accounts.models.access import AccessToken, ClientSession, OneTimeToken
from ventanilla.accounts.models.accounts import Account, Installation
from ventanilla.accounts.models.people import Availability, Membership, Presence, Role, User, UserManager
from ventanilla.accounts.models.programs import AgentBot, PlatformApp, PlatformPermit
from ventanilla.accounts.models.roles import CustomRole, Sight, TeamSight
from ventanilla.accounts.models.system_mail import PasswordRequest, SystemMail
from ventanilla.accounts.models.teams import Team, TeamMember

__all__ = [
    "AccessToken",
    "Account",
    "AgentBot",
    "Availability",
    "ClientSession",
    "CustomRole",
    "Installation",
    "Membership",
    "OneTimeToken",
    "PasswordRequest",
    "PlatformApp",
    "PlatformPermit",
    "Presence",
    "Role",
    "Sight",
    "SystemMail",
    "Team",
    "TeamMember",
    "TeamSight",
    "User",
    "UserManager",
]
