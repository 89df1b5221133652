"""Documents in an editor: findings while the author types, hover texts, completions and fixes.

It decides nothing by itself: findings come from the linter, descriptions from the schemas and the verbs' pages.
"""
