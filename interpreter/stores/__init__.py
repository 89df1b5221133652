"""Where calls live: one row per call, one compare-and-swap per save. Every engine keeps the same contract."""
