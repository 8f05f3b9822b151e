"""An administrator sets single sign-on up, and a new colleague signs in by it for the first time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import oidc_provider_mock
import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens, make_team
from e2e.product import Product
from e2e.test_desk_sign_in import look

pytestmark = pytest.mark.feature("Z-15")


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Product]:
    """One that may call this machine, where the provider runs."""
    made = Product(tmp_path / "data", extra={"VENTANILLA_ALLOW_PRIVATE_ADDRESSES": "on"})
    made.start()
    made.command("address", made.url)
    yield made
    made.stop()


def test_an_administrator_sets_it_up_and_a_new_colleague_signs_in(
    screens: Screens, installation: Product
) -> None:
    product = installation
    team = make_team(product)
    admin = team.admin
    nadia = oidc_provider_mock.User(
        sub="nadia-1",
        claims={"email": "nadia@acme.example", "email_verified": True, "name": "Nadia Nueva"},
    )
    with oidc_provider_mock.run_server_in_thread(require_nonce=True, user_claims=[nadia]) as server:
        page = screens.desk(product, admin, f"accounts/{admin.account_id}/settings/single-sign-on")
        page.get_by_test_id("add").click()
        page.get_by_label("Nombre del botón").fill("Acme ID")
        page.get_by_label("Emisor").fill(f"http://localhost:{server.server_port}/elsewhere")
        page.get_by_role("button", name="Comprobar").click()
        expect(page.get_by_text("no hay un proveedor de OpenID Connect")).to_be_visible()
        page.get_by_label("Emisor").fill(f"http://localhost:{server.server_port}")
        page.get_by_role("button", name="Comprobar").click()
        expect(page.get_by_text("El proveedor responde y no falta nada.")).to_be_visible()
        page.get_by_label("ID de cliente").fill("ventanilla")
        page.get_by_label("Secreto de cliente").fill("s3cret")
        page.get_by_label("Dominios de correo").fill("acme.example")
        look(page, "single-sign-on-form")
        page.get_by_role("button", name="Guardar").click()
        link = page.get_by_label("Enlace de inicio de sesión")
        address = link.input_value()
        assert address.startswith(f"{product.url}/sso/acme-id-")
        look(page, "single-sign-on")

        door = screens.window()
        door.goto(address)
        door.get_by_role("button", name="nadia-1").click()
        door.wait_for_url("**/app/accounts/*/conversations*")
        expect(door.get_by_text("Nadia Nueva").first).to_be_attached()
        door.goto(f"{product.url}/app/accounts/{admin.account_id}/settings/security")
        expect(door.get_by_text("este dispositivo").first).to_be_visible()
        expect(door.get_by_text("con el proveedor de tu empresa")).to_be_visible()
        look(door, "single-sign-on-security")

        door.context.clear_cookies(name="ventanilla_session")
        door.goto(f"{product.url}/app/login")
        expect(door.get_by_role("link", name="Iniciar sesión con Acme ID")).to_be_visible()
        door.get_by_role("button", name="Iniciar sesión con mi empresa").click()
        expect(door.get_by_label("Tu correo del trabajo")).to_be_visible()
        look(door, "single-sign-on-door")
        door.goto(f"{product.url}/sso/nobody")
        expect(door.get_by_role("alert")).to_contain_text("ya no existe")
