"""Documents as text: what is written in JSON or YAML, what is wrong with the writing, and where everything stands."""
