"""`make setup`: packages from the lock, Kafka's jars from the pinned pom, the compiled search.

Runs before anything is installed, so it uses the standard library only. Every part keeps a stamp of
what it was made from: a second run does nothing and needs no network.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from deploy.engines import kafka
from deploy.engines.process import EngineError
from deploy.local.console import Steps, Stop, fix, note

ROOT = Path(__file__).resolve().parents[2]
UV_VERSION = "0.13.9"
TOOLS, VENV = ROOT / ".tools", ROOT / ".venv"
STATE = ROOT / ".airlane"
UV = TOOLS / "bin" / "uv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements" / "dev.txt"
POM = ROOT / "deploy" / "local" / "kafka" / "pom.xml"
LIBS = kafka.libs()
SEARCH = ROOT / "services" / "routing" / "domain" / "itineraries"
LOG = STATE / "logs" / "setup.log"
WITHOUT_KAFKA = (
    "the in-process broker of librdkafka stands in for Kafka: events are lost on exit and on a "
    "crash, nothing is stored on disk; the tests that need the real broker are skipped"
)


def _digest(*parts: str | Path) -> str:
    seen = hashlib.sha256()
    for part in parts:
        seen.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        seen.update(b"\0")
    return seen.hexdigest()


def _fresh(stamp: Path, digest: str) -> bool:
    return stamp.exists() and stamp.read_text() == digest


def _run(command: list[str], env: dict[str, str], on_failure: str) -> None:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(command)}\n")
        log.flush()
        done = subprocess.run(
            command, cwd=ROOT, env=env, stdout=log, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        raise Stop(f"{on_failure}; the reason is at the end of {LOG.relative_to(ROOT)}")


def _pip_setting(name: str) -> str:
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", f"global.{name}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.stdout.strip() if asked.returncode == 0 else ""


def uv_environment() -> dict[str, str]:
    """uv does not read pip's settings: pass on the mirror and the certificates that are set."""
    env = dict(os.environ, UV_PYTHON_DOWNLOADS="never", UV_NO_PROGRESS="1")
    for wanted, variable, setting in (
        ("UV_DEFAULT_INDEX", "PIP_INDEX_URL", "index-url"),
        ("UV_INDEX", "PIP_EXTRA_INDEX_URL", "extra-index-url"),
        ("SSL_CERT_FILE", "PIP_CERT", "cert"),
    ):
        value = env.get(wanted) or env.get(variable) or _pip_setting(setting)
        if value:
            env[wanted] = value
    return env


def install_uv() -> None:
    stamp, digest = TOOLS / ".stamp", _digest(UV_VERSION, str(ROOT))
    if _fresh(stamp, digest) and UV.exists():
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise Stop(
            f"{sys.executable} cannot make virtual environments: install its venv package "
            "(Debian, Ubuntu: apt install python3-venv), then run make again"
        )
    env = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1")
    # Not --clear: other tools live here, too.
    shutil.rmtree(TOOLS / "lib", ignore_errors=True)
    for old in (TOOLS / "bin").glob("python*"):
        old.unlink()
    _run([sys.executable, "-m", "venv", str(TOOLS)], env, "python3 -m venv failed")
    pip = [str(TOOLS / "bin" / "python"), "-m", "pip", "install", "-q", f"uv=={UV_VERSION}"]
    _run(pip, env, "uv could not be installed: is a package index reachable (PIP_INDEX_URL)")
    stamp.write_text(digest)


def install_packages() -> bool:
    """Brings .venv to exactly what the lock says; True if there was anything to do."""
    stamp = VENV / ".stamp"
    # Of pyproject.toml only what an installation is made of: a new lint rule installs nothing.
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    made_of = repr((project["project"]["version"], project["tool"]["uv"]))
    # Not of the Python that runs this: an environment keeps the one it was made with.
    digest = f"{ROOT} {_digest(LOCK, made_of)}"
    if _fresh(stamp, digest) and PYTHON.exists():
        return False
    install_uv()
    env = uv_environment()
    # Scripts of an environment name its folder: after a move it is made anew.
    moved = not stamp.exists() or not stamp.read_text().startswith(f"{ROOT} ")
    if not PYTHON.exists() or moved:
        venv = [str(UV), "venv", "--clear", "-q", "--python", sys.executable, str(VENV)]
        _run(venv, env, "the virtual environment could not be made")
    pip, target = [str(UV), "pip"], ["-q", "--python", str(PYTHON)]
    sync = [*pip, "sync", *target, "--require-hashes", str(LOCK)]
    reason = "packages could not be installed: is the index reachable (UV_DEFAULT_INDEX)"
    try:  # what the cache holds needs no questions to the index
        _run([*sync, "--offline"], env, reason)
    except Stop:
        _run(sync, env, reason)
    # The build backend is part of the lock, so this last step never asks the network.
    editable = ["install", "--offline", "--no-deps", "--no-build-isolation", "-e", str(ROOT)]
    _run([*pip, *editable, *target], env, "the project itself could not be installed")
    stamp.write_text(digest)
    return True


def start_fetching_jars() -> subprocess.Popen[bytes] | None:
    """Maven is started first and looked at last: it downloads while the packages install."""
    if _fresh(LIBS / ".stamp", _digest(POM)) or kafka.java_version() < kafka.JAVA_NEEDED:
        return None
    if shutil.which("mvn") is None:
        return None
    shutil.rmtree(LIBS, ignore_errors=True)
    LIBS.mkdir(parents=True)
    maven = ["mvn", "-q", "-B", "-ntp", "-C", "-f", str(POM), "dependency:copy-dependencies"]
    with LOG.with_name("setup-maven.log").open("w") as log:
        return subprocess.Popen(
            [*maven, f"-DoutputDirectory={LIBS}"], stdout=log, stderr=subprocess.STDOUT
        )


def finish_fetching_jars(maven: subprocess.Popen[bytes] | None) -> str:
    """The detail of the step's line: what is there now."""
    if maven is not None:
        if maven.wait():
            shutil.rmtree(LIBS, ignore_errors=True)
            note("Maven could not fetch Kafka's jars, see .airlane/logs/setup-maven.log")
            note(WITHOUT_KAFKA)
            return "in-process broker"
        (LIBS / ".stamp").write_text(_digest(POM))
    if reason := kafka.missing():
        note(f"{reason}: {WITHOUT_KAFKA}")
        return "in-process broker"
    if not kafka.archive().exists():
        # A broker that does not start here says so when the park starts.
        with contextlib.suppress(EngineError):
            kafka.make_archive()
    return f"{len(list(LIBS.glob('*.jar')))} jars"


def compile_search() -> bool:
    """Fills numba's cache, so that no process compiles when it starts; True if it was empty."""
    stamp = VENV / ".search-stamp"
    sources = [*sorted((SEARCH / "kernel").glob("*.py")), SEARCH / "arrays.py"]
    digest = f"{ROOT} {_digest(LOCK, *sources)}"
    if _fresh(stamp, digest):
        return False
    warm = [str(PYTHON), "-m", "services.routing", "warm"]
    _run(warm, dict(os.environ), "the search of routing could not be compiled")
    stamp.write_text(digest)
    return True


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    """Two set-ups at once would delete each other's files."""
    with (STATE / "setup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def main() -> int:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    steps, maven = Steps(3), None
    try:
        with only_one():
            maven = start_fetching_jars()
            with steps.step("python packages") as detail:
                changed = install_packages()
                detail.append("from requirements/dev.txt" if changed else "as locked")
            with steps.step("compiled search") as detail:
                detail.append("compiled" if compile_search() else "as before")
            with steps.step("kafka") as detail:
                detail.append(finish_fetching_jars(maven))
    except KeyboardInterrupt:
        return 130
    except Stop as stop:
        fix(stop.fix)
        return 1
    except OSError as error:
        fix(f"{error.strerror}: {error.filename}; is there space on the disk?")
        return 1
    finally:
        if maven is not None and maven.poll() is None:
            maven.kill()
            maven.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
