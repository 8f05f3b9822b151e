"""Addresses of pages and files."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from ventanilla.web import (
    assets,
    channel_sign_in,
    desk,
    docs,
    files,
    inbound,
    small_pages,
    survey,
    unsubscribe,
    widget,
)

_STORAGE = "rails/active_storage"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", small_pages.home),
    path("api", small_pages.version),
    path("api/docs", docs.handbook),
    path("packs/redoc.js", docs.script),
    path("robots.txt", small_pages.robots),
    path("favicon.ico", small_pages.icon),
    path("favicon.svg", small_pages.icon),
    path(".well-known/assetlinks.json", small_pages.asset_links),
    path("apple-app-site-association", small_pages.apple_association),
    path(".well-known/apple-app-site-association", small_pages.apple_association),
    path(".well-known/microsoft-identity-association.json", small_pages.microsoft_association),
    path("packs/<path:name>", assets.packs),
    path("survey/responses/<str:conversation_uuid>", survey.page),
    path("unsubscribe/<str:token>", unsubscribe.page),
    path("webhooks/<slug:kind>/<str:token>", inbound.call),
    path("<slug:provider>/callback", channel_sign_in.back),
    path("widget", widget.frame),
    path("widget/look", widget.look),
    path("widget/preview", widget.preview),
    path("app", desk.shell),
    path("app/", desk.shell),
    path("app/<path:path>", desk.shell),
    path(f"{_STORAGE}/disk/<str:token>", files.disk),
    path(f"{_STORAGE}/disk/<str:token>/<path:name>", files.disk),
    path(f"{_STORAGE}/blobs/redirect/<str:signed>/<path:name>", files.blob),
    path(f"{_STORAGE}/blobs/proxy/<str:signed>/<path:name>", files.blob),
    path(f"{_STORAGE}/blobs/<str:signed>/<path:name>", files.blob),
    path(
        f"{_STORAGE}/representations/redirect/<str:signed>/<str:variation>/<path:name>", files.representation
    ),
    path(f"{_STORAGE}/representations/proxy/<str:signed>/<str:variation>/<path:name>", files.representation),
    path(f"{_STORAGE}/representations/<str:signed>/<str:variation>/<path:name>", files.representation),
]
