from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ventanilla.accounts"
    label = "accounts"

    def ready(self) -> None:
        """The cellar's links ask this room for the address that was kept."""
        from ventanilla.accounts.installation import kept_address
        from ventanilla.kit import links

        links.keep_with(kept_address)
