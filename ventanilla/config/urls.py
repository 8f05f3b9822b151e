"""Every address of the server: the API's, then the pages'."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from ventanilla.api.routes import build
from ventanilla.config import health, rooms
from ventanilla.config.demo.shop import shop
from ventanilla.realtime import described

api = build(rooms.endpoints(), described.schemas)
handler400 = "ventanilla.config.answers.bad_request"
handler403 = "ventanilla.config.answers.forbidden"
handler404 = "ventanilla.config.answers.not_found"
handler500 = "ventanilla.config.answers.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.health),
    path("health/live", health.live),
    path("metrics", health.metrics),
    path("demo/shop", shop),
    # No page lives under the API's versions: the calls that come most skip the pages' addresses in one look.
    re_path(r"^(?!api/v\d)", include("ventanilla.web.urls")),
    path("", api.urls),
]
