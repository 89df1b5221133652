"""What carries a call from event to event: it finds sessions, saves steps, sends outboxes and fires timers. It knows no protocol."""
