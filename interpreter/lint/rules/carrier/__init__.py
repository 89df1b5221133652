"""The carrier, and the law."""
