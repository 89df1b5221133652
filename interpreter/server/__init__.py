"""The server: settings, HTTP, and the runtime behind it."""
