"""Website chat in the tests that every channel passes."""

from __future__ import annotations

from ventanilla.testing.channels import Sample

SAMPLE = Sample(form={"website_url": "https://acme.example", "widget_color": "#0b5c66"})
