from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "ventanilla.exports"
    label = "exports"
