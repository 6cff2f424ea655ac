"""Where a stack keeps its things, and the addresses that follow from that.

Addresses are a pure function of the data folder. So every program finds the running servers without being told,
and nothing that is written down can be out of date.
"""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

# A Unix socket's path has 108 bytes on Linux and 104 on macOS, the closing zero included.
LONGEST_SOCKET_PATH = 100
LONGEST_SOCKET_NAME = "postgres/.s.PGSQL.5432.lock"
PROJECT_DIR = Path(__file__).resolve().parents[2]
DATABASE_NAME = "ordermgmt"
DATABASE_USER = "postgres"


@dataclass(frozen=True)
class Places:
    """The folders and addresses of the stack that lives in one data folder."""

    data_dir: Path

    @property
    def postgres_dir(self) -> Path:
        """PostgreSQL's own data folder."""
        return self.data_dir / "postgres"

    @property
    def logs_dir(self) -> Path:
        """One log file per program."""
        return self.data_dir / "logs"

    @property
    def run_dir(self) -> Path:
        """The sockets' folder: inside the data folder, or in the temp folder when their paths would be too long."""
        folder = self.data_dir / "run"
        if len(os.fsencode(folder / LONGEST_SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return folder
        short = hashlib.sha256(os.fsencode(self.data_dir)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"ordermgmt-{os.getuid()}-{short}"

    @property
    def postgres_socket_dir(self) -> Path:
        """The folder PostgreSQL puts its socket in; its mode is what keeps others out."""
        return self.run_dir / "postgres"

    @property
    def valkey_socket(self) -> Path:
        """The broker's socket."""
        return self.run_dir / "valkey.sock"

    @property
    def database_url(self) -> str:
        """What `DATABASE_URL` is when this stack's PostgreSQL is the one to use."""
        return f"postgres://{DATABASE_USER}@/{self.postgres_socket_dir}/{DATABASE_NAME}"

    @property
    def redis_url(self) -> str:
        """What `REDIS_URL` is when this stack's broker is the one to use."""
        return f"redis+socket://{self.valkey_socket}"
