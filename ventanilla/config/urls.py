"""Every address of the server: the API's, then the pages'."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from ventanilla.api.routes import build
from ventanilla.config import health
from ventanilla.config.demo.shop import shop

api = build()
handler404 = "ventanilla.api.errors.page_not_found"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health.health),
    path("metrics", health.metrics),
    path("demo/shop", shop),
    # No page lives under the API's versions: the calls that come most skip the pages' addresses in one look.
    re_path(r"^(?!api/v\d)", include("ventanilla.web.urls")),
    path("", api.urls),
]
