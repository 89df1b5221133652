"""Hooks, the network, secrets."""
