"""`python -m callverbs` is `callverbs`."""

from callverbs.interpreter.cli import main

main()
