"""Documents in an editor: what is wrong while one types, what a word means, what could stand here, and how to mend it.

It judges nothing by itself: findings come from the linter, words from the schemas and the verbs' pages.
"""
