"""The verbs of service levels: policies and levels, and the clocks that run by them."""

from ventanilla.service_levels.commands.clocks import (
    CLOCKS,
    HEARD,
    due_clocks,
    follow_log,
    read_until,
    reckon_stale,
    spread,
    tell_due,
)
from ventanilla.service_levels.commands.policies import (
    add_policy,
    create_policy,
    delete_policy,
    purge_policy,
    reckon_accounts,
    reckon_inboxes,
    restore_policy,
    set_level,
    update_policy,
)

__all__ = [
    "CLOCKS",
    "HEARD",
    "add_policy",
    "create_policy",
    "delete_policy",
    "due_clocks",
    "follow_log",
    "purge_policy",
    "read_until",
    "reckon_accounts",
    "reckon_inboxes",
    "reckon_stale",
    "restore_policy",
    "set_level",
    "spread",
    "tell_due",
    "update_policy",
]
