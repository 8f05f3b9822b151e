"""Carrier pigeons for Ventanilla."""
