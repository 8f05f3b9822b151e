from django.apps import AppConfig


class OnboardingConfig(AppConfig):
    name = "ventanilla.onboarding"
    label = "onboarding"
