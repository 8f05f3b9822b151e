"""Every dialog of the desk is opened, and where it begins: whoever opens one types on, and its ✕ is never first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from e2e.conftest import Screens
from e2e.product import ROOT
from e2e.test_desk_mail import PICTURE, Mailbox, a_mail, bubble, mailbox, server

__all__ = ["mailbox", "server"]  # fixtures

FIELD, BUTTON, ITSELF = "a field", "a button", "the dialog itself"
WHERE = """() => {
  const dialog = document.querySelector('[role=dialog]'), at = document.activeElement
  if (!dialog || !dialog.contains(at)) return 'outside'
  if (at === dialog) return 'the dialog itself'
  if (at.closest('.dh')) return 'its ✕'
  return at.matches('input, textarea, select') ? 'a field' : 'a button'
}"""

# What each dialog begins with, by the file it is written in. Where nothing is typed it is the button that changes nothing.
BEGINS = {
    "components/FilterDialog.vue": [FIELD, FIELD],
    "conversations/thread/AttachmentView.vue": [ITSELF],
    "conversations/mail/ForwardDialog.vue": [FIELD],
    "conversations/panel/MergeDialog.vue": [FIELD],
    "conversations/thread/DeleteMessage.vue": [BUTTON],
    "conversations/board/ColumnDialog.vue": [FIELD],
    "conversations/board/WallSettings.vue": [FIELD],
    "conversations/composer/MomentDialog.vue": [FIELD],
    "components/NewConversation.vue": [FIELD],
    "conversations/mail/SourceDialog.vue": [BUTTON],
    "conversations/thread/DeleteDialog.vue": [BUTTON],
    "conversations/thread/SnoozeDialog.vue": [FIELD],
    "conversations/thread/TranscriptDialog.vue": [FIELD],
    "contacts/ContactDialog.vue": [FIELD],
    "contacts/ContactPage.vue": [BUTTON],
    "contacts/MergeContact.vue": [BUTTON],
    "exports/NewExport.vue": [FIELD],
    "palette/ShortcutsSheet.vue": [ITSELF],
    "settings/AgentsSettings.vue": [FIELD],
    "settings/AttributesSettings.vue": [FIELD],
    "settings/apps/AppsSettings.vue": [FIELD],
    "settings/canned/CannedDialog.vue": [FIELD],
    "settings/canned/FolderBar.vue": [FIELD],
    "settings/macros/MacroDialog.vue": [FIELD],
    "settings/LabelsSettings.vue": [FIELD],
    "settings/ListCard.vue": [BUTTON],
    "settings/TokenCard.vue": [BUTTON],
    "settings/TeamsSettings.vue": [FIELD],
}
# Opened by a journey of its own.
ELSEWHERE = {
    "components/ContactClaims.vue": "test_identity",
    "contacts/importing/ImportPage.vue": "test_desk_people",
    "conversations/first-steps/steps/website.vue": "test_first_steps",
    "settings/roles/RemoveRole.vue": "test_desk_roles",
    "settings/roles/RoleName.vue": "test_desk_roles",
    "session/ProofDialog.vue": "test_desk_sign_in",
    "settings/security/AppDialog.vue": "test_desk_sign_in",
    "settings/security/PasskeyList.vue": "test_desk_sign_in",
    "settings/security/RecoveryCodes.vue": "test_desk_sign_in",
    "settings/security/SecondStepRule.vue": "test_desk_sign_in",
    "settings/single-sign-on/ProviderForm.vue": "test_desk_single_sign_on",
    "settings/single-sign-on/ProviderPeople.vue": "test_desk_single_sign_on",
    "settings/single-sign-on/SingleSignOnSettings.vue": "test_desk_single_sign_on",
}
# Written once and opened from several lists.
SHARED = {"components/FilterDialog.vue": 1}


@pytest.mark.feature("Z-21")
def test_no_dialog_is_left_out_of_the_walk() -> None:
    source = ROOT / "desk" / "src"
    written: Counter[str] = Counter()
    for path in source.rglob("*.vue"):
        name = str(path.relative_to(source)).removeprefix("features/")
        written[name] += len(re.findall(r"<UiDialog\b", path.read_text(encoding="utf-8")))
    walked = {name: len(begins) for name, begins in BEGINS.items()} | dict.fromkeys(ELSEWHERE, 1) | SHARED
    assert {name: count for name, count in written.items() if count} == walked


@pytest.mark.timeout(240)
@pytest.mark.feature("Z-21")
def test_every_dialog_begins_where_one_types_on(screens: Screens, mailbox: Mailbox) -> None:
    team, ana = mailbox.team, mailbox.team.admin
    mail = a_mail(mailbox, "Llegó roto.")
    mail.add_attachment(PICTURE, maintype="image", subtype="png", filename="caja.png")
    mailbox.receives(mail)
    number = int(str(mailbox.conversations()[0]["id"]))
    with team.product.api(ana) as api:
        api.post("/labels", json={"title": "garantia", "color": "#0b5c66"}).raise_for_status()
        canned = {"short_code": "guia", "content": "Va en camino.", "folder": "Envíos"}
        desk = f"{team.product.url}/api/desk/accounts/{ana.account_id}"
        api.post(f"{desk}/canned", json=canned).raise_for_status()
        contact = api.get("/contacts").raise_for_status().json()["payload"][0]["id"]
    base = f"accounts/{ana.account_id}"
    page = screens.desk(team.product, ana, f"{base}/conversations/{number}")
    message = bubble(page, "Llegó roto.")
    expect(message).to_be_visible()
    opened: dict[str, list[str]] = {}

    def begins(file: str, act: Callable[[], object]) -> None:
        act()
        dialog = page.get_by_role("dialog")
        expect(dialog, file).to_be_visible()
        wanted = BEGINS[file][len(opened.setdefault(file, []))]
        for _ in range(20):
            if (found := page.evaluate(WHERE)) == wanted:
                break
            page.wait_for_timeout(50)
        assert found == wanted, f"{file} begins with {found}"
        opened[file].append(found)
        page.keyboard.press("Escape")
        expect(dialog, file).to_have_count(0)

    def chosen(button: Callable[[], object], name: str) -> Callable[[], None]:
        def act() -> None:
            button()
            page.get_by_role("menuitem", name=name).click()

        return act

    def of_message(name: str) -> Callable[[], None]:
        return chosen(lambda: message.locator(".menu-button").press("Enter"), name)

    def of_thread(name: str) -> Callable[[], None]:
        return chosen(page.locator(".th").get_by_role("button", name="Más", exact=True).click, name)

    begins(
        "conversations/thread/AttachmentView.vue", page.get_by_role("button", name="Ampliar caja.png").click
    )
    begins("conversations/mail/ForwardDialog.vue", of_message("Reenviar"))
    begins("conversations/mail/SourceDialog.vue", of_message("Ver el original"))
    begins("conversations/thread/DeleteMessage.vue", of_message("Borrar"))
    begins("conversations/panel/MergeDialog.vue", of_thread("Unir con otra conversación…"))
    begins("conversations/thread/TranscriptDialog.vue", of_thread("Enviar transcripción"))
    states = page.locator(".th").get_by_role("button", name=re.compile("^Posponer o marcar como pendiente"))
    begins("conversations/thread/SnoozeDialog.vue", chosen(states.click, "Elegir fecha y hora"))
    begins("conversations/thread/DeleteDialog.vue", of_thread("Borrar conversación"))
    page.get_by_test_id("composer").fill("Más tarde")
    begins(
        "conversations/composer/MomentDialog.vue",
        chosen(page.get_by_test_id("later").click, "Elegir fecha y hora"),
    )
    begins("components/NewConversation.vue", page.get_by_test_id("begin").click)
    page.evaluate("document.activeElement?.blur()")
    begins("components/FilterDialog.vue", lambda: page.keyboard.press("f"))
    page.evaluate("document.activeElement?.blur()")
    begins("palette/ShortcutsSheet.vue", lambda: page.keyboard.press("?"))

    def at(path: str) -> None:
        page.goto(f"{team.product.url}/app/{base}/{path}")

    at("contacts")
    begins("contacts/ContactDialog.vue", page.get_by_test_id("new-contact").click)
    begins("components/FilterDialog.vue", page.get_by_role("button", name="Filtrar contactos").click)
    at(f"contacts/{contact}")
    main = page.locator("main")
    begins("contacts/MergeContact.vue", main.get_by_role("button", name="Unir").click)
    begins("contacts/ContactPage.vue", main.get_by_role("button", name="Borrar", exact=True).click)
    at("board")
    expect(page.get_by_role("region", name="Sin asignar", exact=True)).to_be_visible(timeout=20_000)
    begins("conversations/board/ColumnDialog.vue", lambda: page.keyboard.press("c"))
    walls = main.get_by_role("button", name="Elegir muro")
    begins("conversations/board/WallSettings.vue", chosen(walls.click, "Nuevo muro"))
    at("exports")
    begins("exports/NewExport.vue", page.get_by_role("button", name="Nueva exportación").first.click)
    lists = {
        "agents": "Agents",
        "attributes": "Attributes",
        "teams": "Teams",
        "labels": "Labels",
    }
    for path, name in lists.items():
        at(f"settings/{path}")
        begins(f"settings/{name}Settings.vue", page.get_by_test_id("add").click)
    at("settings/canned")
    begins("settings/canned/CannedDialog.vue", page.get_by_test_id("add").click)
    main.get_by_role("button", name="Envíos").click()
    begins("settings/canned/FolderBar.vue", main.get_by_role("button", name="nombre de la carpeta").click)
    at("settings/apps")
    begins("settings/apps/AppsSettings.vue", page.get_by_test_id("add").click)
    at("settings/macros")
    begins("settings/macros/MacroDialog.vue", page.get_by_test_id("add").click)
    at("settings/labels")
    begins("settings/ListCard.vue", main.get_by_role("button", name=re.compile("garantia$")).last.click)
    at("settings/profile")
    begins("settings/TokenCard.vue", main.get_by_role("button", name="Cambiar token").click)
    assert opened == BEGINS
