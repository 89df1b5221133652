"""The words of the language: what a verb is, what it hears, and what it may ask for. No verb is named here."""
