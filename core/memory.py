"""Memory that a process keeps for the arrays it makes next."""

from functools import cache

# Parameters of mallopt(3).
TRIM_THRESHOLD, MMAP_MAX = -1, -4
MOST = 2**31 - 1  # bytes


@cache
def keep_memory() -> None:
    """Let this process keep what it frees, where its C library is glibc; elsewhere nothing happens.

    glibc gives each large block back to the kernel at once, which has to clear every page of the
    next one: a fourth of the time of a training on CPU, whose arrays are made anew in every step.
    """
    import ctypes  # takes some milliseconds, which a listing has no use for

    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(MMAP_MAX, 0)
        mallopt(TRIM_THRESHOLD, MOST)
