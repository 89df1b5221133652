"""The simulator: a carrier with simulated people on its lines, and calls of the live runtime against it on a virtual clock."""
