"""A flow as a picture: its verbs, what can follow what, and what lint finds on the way. It runs nothing and judges nothing."""
