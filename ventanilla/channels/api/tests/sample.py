"""The API channel in the tests that every channel passes."""

from __future__ import annotations

from ventanilla.testing.channels import Sample

SAMPLE = Sample(form={})
