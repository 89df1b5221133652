"""The carrier's API: its webhooks become events, our commands become its requests. Limits and voices are data in `schemas`."""
