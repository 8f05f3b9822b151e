from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "ventanilla.health"
    label = "health"
