"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.accounts.commands.roles import create_role
from ventanilla.accounts.commands.teams import create_team
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    return {
        "account_id": scene.account.pk,
        "user_id": scene.bruno.pk,
        "team_id": create_team(scene.account, name="sales", by=scene.admin).pk,
        "role_id": create_role(scene.account, name="Outside", by=scene.admin).pk,
    }


SAMPLE = Sample(
    lay_out, body={"name": "stranger", "email": "stranger@example.com", "user_ids": [], "emails": []}
)
