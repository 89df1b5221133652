"""What stores raise."""


class StoreError(Exception):
    """A store cannot be opened, read or written. The message says which and why, and never shows a password."""


class RefusedError(StoreError):
    """What was asked for cannot be stored. The store itself works."""
