"""The linter: reads a document with its positions, asks every rule, and says what it found. It runs no call and does no network."""
