"""Facts of documents that several rules need: texts, targets, hooks, numbers. A fact reports nothing."""
