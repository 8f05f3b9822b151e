from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "ventanilla.boards"
    label = "boards"
