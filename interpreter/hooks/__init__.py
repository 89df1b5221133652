"""The client of hooks: sends requests to the application over HTTP in jambonz's protocol, and turns the replies into events."""
