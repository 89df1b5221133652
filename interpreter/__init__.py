"""Runs documents: a pure core (`step`), and around it the rooms that talk to carriers, applications, stores and people."""
