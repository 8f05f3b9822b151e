"""Django's registration of the limits."""

from django.apps import AppConfig


class LimitsConfig(AppConfig):
    """Limits."""

    name = "ventanilla.limits"
    label = "limits"
    default_auto_field = "django.db.models.BigAutoField"
