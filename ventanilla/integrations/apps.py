from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    name = "ventanilla.integrations"
    label = "integrations"
