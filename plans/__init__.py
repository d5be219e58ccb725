"""What is compared: one short file an experiment, and published rows beside it."""
