"""Shifts the clock of every Python process that finds this on its path, by SOAK_CLOCK seconds."""

import os
import time

_SHIFT = float(os.environ["SOAK_CLOCK"])
_right = time.time

time.time = lambda: _right() + _SHIFT
