"""The last backup, for health and doctor: see upkeep.state."""

from ventanilla.upkeep.state import BackupState, LastBackup, backup_state, last_backup

__all__ = ["BackupState", "LastBackup", "backup_state", "last_backup"]
