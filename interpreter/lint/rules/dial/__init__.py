"""Dial and transfer."""
