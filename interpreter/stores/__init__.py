"""Stores of calls: one row per call, and one compare-and-swap per save. Every store passes the same contract tests."""
