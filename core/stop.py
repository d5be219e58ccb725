"""Whether this process was asked to stop soon: its time is up, or somebody needs the machine."""


class Stop:
    """A flag that a signal handler may raise; it stays up, for the process then ends."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self) -> None:
        """Ask what runs in this process to save what it has, and what does not run not to begin."""
        self.asked = True


STOP = Stop()
