from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "ventanilla.delivery"
    label = "delivery"
