from django.apps import AppConfig


class LabelsConfig(AppConfig):
    name = "ventanilla.labels"
    label = "labels"
