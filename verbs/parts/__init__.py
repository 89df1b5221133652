"""What verbs are composed of: machine detection, key capture, hold, playlists, speech. A part may be used by any verb."""
