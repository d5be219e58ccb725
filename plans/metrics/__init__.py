"""What is read from the records of an experiment, where a plan would be too long with it."""
