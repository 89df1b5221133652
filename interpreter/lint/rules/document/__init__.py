"""The text, and the document as a whole."""
