"""Documents as text: the value of a text in JSON, YAML or TOML, what is wrong with its syntax, and the position of every part."""
