"""Speech and media."""
