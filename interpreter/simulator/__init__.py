"""A carrier and people of our own: calls without a telephone, on a virtual clock or over HTTP."""
