"""The linter: reads a document with its positions, runs every rule, and reports findings. It runs no call and uses no network."""
