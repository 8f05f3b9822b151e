from django.apps import AppConfig


class SignInConfig(AppConfig):
    name = "ventanilla.signin"
    label = "signin"
