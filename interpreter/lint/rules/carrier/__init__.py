"""The carrier, and recording."""
