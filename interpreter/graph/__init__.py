"""A flow as a picture: its verbs, what can follow what, and the findings of lint. It runs nothing and lints nothing."""
