"""Django's registration of the keeping of the installation."""

from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    """Backups that were made."""

    name = "ventanilla.upkeep"
    label = "upkeep"
    default_auto_field = "django.db.models.BigAutoField"
