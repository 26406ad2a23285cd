"""One setting of glibc's allocator, worth about a third of a training step on CPU.

By default glibc gives large freed blocks back to the kernel and faults them in again, page by page, at every step:
a training step frees and takes the same few hundred megabytes each time. Raising the thresholds keeps them.
"""

import ctypes
import platform

# Parameters of mallopt, from glibc's malloc.h.
M_TRIM_THRESHOLD = -1
M_TOP_PAD = -2
M_MMAP_THRESHOLD = -3
GIBIBYTE = 1 << 30
MEBIBYTE = 1 << 20


def keep_large_blocks() -> bool:
    """Raise glibc's thresholds for this process and return whether that was possible (Linux with glibc only)."""
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    settings = ((M_MMAP_THRESHOLD, GIBIBYTE), (M_TRIM_THRESHOLD, GIBIBYTE * 3 // 2), (M_TOP_PAD, 64 * MEBIBYTE))
    return all(mallopt(parameter, value) == 1 for parameter, value in settings)
