"""The front door: command line, local workers, status."""
