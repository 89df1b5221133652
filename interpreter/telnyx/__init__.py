"""The carrier's border: its webhooks become events, our commands become its requests. Limits and voices are data."""
