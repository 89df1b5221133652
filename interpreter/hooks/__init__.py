"""The application's side: questions go out as HTTP in jambonz's protocol, and what comes back becomes events."""
