"""Where things are wired together: settings, HTTP, and the rooms behind it."""
