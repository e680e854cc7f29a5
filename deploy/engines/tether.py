"""Becomes another program, tied to its parent: `python tether.py SIGNAL PARENT UID GID PROGRAM …`.

On Linux the kernel sends SIGNAL when the parent dies, however that happens. This is a separate
program, because a parent with threads must not run Python between fork and exec.
"""

import ctypes
import os
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    death_signal, parent, uid, gid = map(int, sys.argv[1:5])
    if uid >= 0:  # first, because changing the user clears the signal
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:  # it died before the signal was set
        sys.exit(1)
    try:
        os.execvpe(sys.argv[5], sys.argv[5:], os.environ)  # noqa: S606 - this is what it is for
    except OSError as error:
        sys.exit(f"{sys.argv[5]} cannot be started: {error.strerror}")


if __name__ == "__main__":
    main()
