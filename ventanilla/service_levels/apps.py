from django.apps import AppConfig


class ServiceLevelsConfig(AppConfig):
    name = "ventanilla.service_levels"
    label = "service_levels"
