"""`make lock`: writes requirements/*.txt, one lock with hashes per service, for the park and for
development. No index address is written: mirrors and plain pip can use the files as well.

The development lock is made first and constrains the others: one version of a package everywhere.
"""

import os
import subprocess
import sys

from deploy.local.console import Steps, Stop, fix
from deploy.local.setup import LOCK, ROOT, UV, install_uv, uv_environment

EXTRAS = ("catalog", "customs", "routing", "analytics", "webhooks", "park")


def _compile(extra: str, *more: str) -> None:
    target = ROOT / "requirements" / f"{extra}.txt"
    command = [str(UV), "pip", "compile", "pyproject.toml", "--extra", extra, *more]
    command += ["--universal", "--python-version", "3.11", "--python", sys.executable]
    command += ["--generate-hashes", "--no-annotate", "--no-emit-index-url", "--quiet"]
    command += ["--custom-compile-command", "make lock", "--output-file", str(target)]
    done = subprocess.run(
        command, cwd=ROOT, env=uv_environment(), stdout=subprocess.DEVNULL, check=False
    )
    if done.returncode:
        raise Stop(f"requirements/{extra}.txt was not written, for the reason above")


def main() -> int:
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    steps = Steps(1 + len(EXTRAS))
    LOCK.parent.mkdir(exist_ok=True)
    try:
        install_uv()
        with steps.step("dev"):
            _compile("dev", *upgrade)
        for extra in EXTRAS:
            with steps.step(extra):
                _compile(extra, *upgrade, "--constraint", str(LOCK))
    except Stop as stop:
        fix(stop.fix)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
