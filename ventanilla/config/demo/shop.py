"""The demo's own customer page: a small shop with the widget's lines pasted in, as any website would."""

from __future__ import annotations

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.template import engines
from django.views.decorators.http import require_safe

from ventanilla.config.demo.found import SHOP_INBOX, find_demo
from ventanilla.inboxes.models import Inbox
from ventanilla.inboxes.rendering import widget_script

# Name, price, kind of drawing, two colours.
GOODS = (
    ("Cafetera Alba", "89,00 €", "pot", "#0b5c66", "#d9e6e4"),
    ("Mochila Sierra", "64,90 €", "bag", "#b5532a", "#f0e2d6"),
    ("Termo de acero", "27,50 €", "flask", "#4a6b2a", "#e3ead6"),
    ("Lámpara Nido", "119,00 €", "lamp", "#8a6d1f", "#f3ead0"),
    ("Manta de algodón", "45,00 €", "cloth", "#7a4b9b", "#eae0f0"),
    ("Auriculares Onda", "79,95 €", "phones", "#2f5fb3", "#dde6f5"),
)


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """The page; 404 where the demo was not loaded."""
    demo = find_demo()
    inbox = Inbox.objects.filter(account=demo.account, name=SHOP_INBOX).first() if demo else None
    if inbox is None:
        raise Http404
    template = engines["django"].from_string(
        Path(__file__).with_name("shop.html").read_text(encoding="utf-8")
    )
    page = template.render({"goods": GOODS, "script": widget_script(inbox)}, request)
    return HttpResponse(page)
