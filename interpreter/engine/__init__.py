"""The core: what an event comes to. It is pure: no I/O, no clock, no random numbers."""
