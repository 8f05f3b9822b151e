from django.apps import AppConfig


class AttributesConfig(AppConfig):
    name = "ventanilla.attributes"
    label = "attributes"
