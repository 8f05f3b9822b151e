from django.apps import AppConfig


class TimelineConfig(AppConfig):
    name = "ventanilla.timeline"
    label = "timeline"
