from django.apps import AppConfig


class InboxesConfig(AppConfig):
    name = "ventanilla.inboxes"
    label = "inboxes"
