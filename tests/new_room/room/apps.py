from django.apps import AppConfig


class GreetingsConfig(AppConfig):
    name = "ventanilla.greetings"
    label = "greetings"
