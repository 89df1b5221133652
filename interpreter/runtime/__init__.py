"""The runtime: finds the session of an event, saves steps, sends outboxes and fires timers. It knows no carrier's or hook's protocol."""
