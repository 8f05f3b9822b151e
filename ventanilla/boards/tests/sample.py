"""One of each thing of this room, which strangers ask for in vain."""

from __future__ import annotations

from typing import Any

from ventanilla.boards.walls import add_column, create_board
from ventanilla.testing.strangers import Sample, Scene


def lay_out(scene: Scene) -> dict[str, Any]:
    board = create_board(scene.account, name="Wall", by=scene.admin)
    return {"board_id": board.pk, "column_id": add_column(board, by=scene.admin, name="All").pk}


SAMPLE = Sample(lay_out, body={"name": "stranger", "kind": "tickets", "conditions": []})
