"""What all tests share: property tests draw the same examples each time, and no clock judges them.

`pytest --hypothesis-profile search` draws new ones, more of them, and remembers what it found.
"""

from hypothesis import HealthCheck, settings

CALM = (HealthCheck.too_slow, HealthCheck.data_too_large)
"""What says only that the machine was busy, or that examples are large here."""

settings.register_profile("same", deadline=None, max_examples=50, derandomize=True, suppress_health_check=CALM)
settings.register_profile("search", deadline=None, max_examples=2000, print_blob=True, suppress_health_check=CALM)
settings.load_profile("same")
