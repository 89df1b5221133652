"""Verbs and their properties."""
