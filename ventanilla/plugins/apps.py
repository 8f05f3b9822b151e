"""Django's registration of the plug-ins."""

from django.apps import AppConfig


class PluginsConfig(AppConfig):
    """Packages from outside."""

    name = "ventanilla.plugins"
    label = "plugins"
    default_auto_field = "django.db.models.BigAutoField"
