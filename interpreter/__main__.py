"""`python -m interpreter` is `callverbs`."""

from interpreter.cli import main

main()
