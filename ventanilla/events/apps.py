"""Django's registration of the log."""

from django.apps import AppConfig


class EventsConfig(AppConfig):
    """The cellar room that keeps the log."""

    name = "ventanilla.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from ventanilla.events import facts

        facts.load_all()
