"""Journeys through the product as people use it: desk and widget in Chromium, served by `ventanilla serve`."""
