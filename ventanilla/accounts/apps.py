from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ventanilla.accounts"
    label = "accounts"

    def ready(self) -> None:
        """The cellar asks this room for the address and the mail server that were kept."""
        from ventanilla.accounts.installation import kept_address, kept_mail_server
        from ventanilla.kit import links, own_mail_server

        links.keep_with(kept_address)
        own_mail_server.keep_with(kept_mail_server)
