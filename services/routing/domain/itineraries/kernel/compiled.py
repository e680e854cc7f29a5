"""`@compiled` and `@part`: functions that numba compiles, with a cache that outlives the process.

numba keeps a compiled function as long as the file it stands in is unchanged. What that function
calls in other files is compiled into it as well, so a change there would go unnoticed. The cache
therefore has a folder for each state of the kernel, named by a digest of all its sources.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, TypeVar, cast

from numba import config, njit

_F = TypeVar("_F", bound=Callable[..., object])
_KERNEL: Final = Path(__file__).parent
_SOURCES: Final = (*sorted(_KERNEL.glob("*.py")), _KERNEL.parent / "arrays.py")
_CACHE_DIR: Final = "CACHE_DIR"
"""The variable of numba's settings, which are read from the environment."""


def digest() -> str:
    seen = hashlib.sha256()
    for source in _SOURCES:
        seen.update(source.read_bytes())
    return seen.hexdigest()[:16]


def _is_writable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


@cache
def cache_folder() -> Path | None:
    """The first that can be written to: NUMBA_CACHE_DIR, `__pycache__` here, the user's cache.

    None in an installation where nothing can be written: then each process compiles for itself.
    """
    users = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser())
    own = os.environ.get("NUMBA_CACHE_DIR")
    folders = [Path(own)] if own else [_KERNEL / "__pycache__", users / "airlane"]
    for folder in folders:
        if _is_writable(folder / digest()):
            return folder / digest()
    return None


def part(function: _F) -> _F:
    """A piece of compiled functions: only they can call it, and it is compiled into them."""
    # numba's type stubs lack the two that leave out the ways in from Python and C.
    decorate = njit(nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)  # type: ignore[call-overload]
    return cast("_F", decorate(function))


def compiled(function: _F) -> _F:
    """Called from Python: compiled at the first call, then kept. Holds no GIL.

    Once for each combination of argument types, so callers always pass the same ones.
    """
    folder = cache_folder()
    before: str = getattr(config, _CACHE_DIR)
    # numba decides on the folder when the function is decorated.
    setattr(config, _CACHE_DIR, str(folder or ""))
    try:
        return cast("_F", njit(cache=folder is not None, nogil=True)(function))
    finally:
        setattr(config, _CACHE_DIR, before)
