"""A real PgBouncer in transaction mode, as operators put it before PostgreSQL. Debian's program,
from the system or from .tools (`make pgbouncer`).
"""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from deploy.engines.process import (
    Launch,
    free_port,
    port_taken,
    spawn,
    stop,
    wait_until,
)
from deploy.engines.programs import server_user

_TOOLS = Path(__file__).resolve().parents[2] / ".tools"


def pgbouncer() -> str | None:
    """The program, if this machine has it."""
    path = f"{os.environ.get('PATH', os.defpath)}:{_TOOLS / 'bin'}:/usr/sbin"
    return shutil.which("pgbouncer", path=path)


class PgBouncer:
    """`with PgBouncer(server_port, users=[…], sessions=3) as pooler:`; clients use `pooler.port`.

    Many client connections share `sessions` connections to the server. It is strict: unknown
    startup parameters are refused, as poolers do unless configured otherwise.
    """

    def __init__(self, server_port: int, *, users: list[str], sessions: int) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="airlane-pgbouncer-"))
        self._folder.chmod(0o755)
        users_file = self._folder / "users.txt"
        users_file.write_text("".join(f'"{user}" ""\n' for user in users))
        self._config = self._folder / "pgbouncer.ini"
        self._config.write_text(
            f"""
            [databases]
            * = host=127.0.0.1 port={server_port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {self.port}
            unix_socket_dir =
            auth_type = trust
            auth_file = {users_file}
            pool_mode = transaction
            default_pool_size = {sessions}
            max_client_conn = 200
            """
        )
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        program = pgbouncer()
        assert program is not None, "ask pgbouncer() first"
        argv = [program, str(self._config)]
        if server_user().uid is not None:
            argv[1:1] = ["-u", "nobody"]  # it refuses to stay root
        libraries = str(_TOOLS / "lib-pgbouncer")
        log = self._folder / "log"
        with log.open("ab") as output:
            launch = Launch(argv, env={"LD_LIBRARY_PATH": libraries})
            self._process = spawn(launch, output)
        wait_until(lambda: port_taken(self.port), self._process, "PgBouncer", log)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        stop(self._process, signal.SIGINT, patience_s=5)
        shutil.rmtree(self._folder)
