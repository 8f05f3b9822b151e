from django.apps import AppConfig


class AutomationConfig(AppConfig):
    name = "ventanilla.automation"
    label = "automation"
