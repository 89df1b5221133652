"""The order of verbs."""
