"""What PostgreSQL could do at best: pgbench writes the same rows as a placed order, with nothing else on the way.

It works in a database of its own, a copy of the shop's before anybody bought there.
"""

import os
import re
import subprocess
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from ordermgmt.bench.figures import Run
from ordermgmt.bench.script import Script
from ordermgmt.bench.server import Server
from ordermgmt.stack.account import PROGRAMS_DIR
from ordermgmt.stack.errors import StackError

DATABASE = "bench_limit"
KEYS_A_RUN = 10_000_000
RATE = re.compile(r"^tps = ([\d.]+)", re.MULTILINE)
SKUS = """
SELECT min(s.id), count(*), min(s.product_id) - min(s.id), count(DISTINCT s.product_id - s.id)
FROM inventory_stock s JOIN inventory_warehouse w ON w.id = s.warehouse_id
WHERE w.priority = (SELECT min(priority) FROM inventory_warehouse)
"""


@dataclass(frozen=True)
class Limit:
    """pgbench with a script, in the copy of a shop whose first warehouse has every product, in their order."""

    server: Server
    script: Script
    _runs: "count[int]" = field(default_factory=count)

    def run(self, *, hot: bool, clients: int, seconds: int) -> Run:
        """As many orders as it can write."""
        before, statements = self._orders(), self.server.statements(DATABASE)
        with TemporaryDirectory() as folder:
            path = Path(folder)
            (path / "order.sql").write_text(self.script.text(hot=hot))
            said = self._pgbench(path, "-c", str(clients), "-j", "2", "-T", str(seconds))
            waits_ms = [float(line.split()[2]) / 1000 for log in path.glob("log.*") for line in log.open()]
        rate = RATE.search(said)
        if rate is None:
            raise StackError(f"pgbench did not say how fast it was:\n{said}")
        return Run(
            orders=len(waits_ms),
            found=self._orders() - before,
            seconds=len(waits_ms) / float(rate[1]),
            statements=self.server.statements(DATABASE) - statements,
            waits_ms=waits_ms,
        )

    def _pgbench(self, folder: Path, *options: str) -> str:
        """Its report. Its log has a line for each transaction."""
        place = self.server.place
        command = [str(PROGRAMS_DIR / "pgbench"), "--no-vacuum", "--protocol=prepared", "--log", "--log-prefix=log"]
        command += [f"--file={folder / 'order.sql'}", *options, *self._variables()]
        result = subprocess.run(
            [*command, f"--host={place['host']}", f"--username={place['user']}", DATABASE],
            cwd=folder,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        if result.returncode != 0:
            raise StackError(f"pgbench failed:\n{result.stderr}")
        return result.stdout

    def _variables(self) -> list[str]:
        first, skus, apart, patterns = self.server.ask(DATABASE, SKUS)[0]
        if patterns != 1:
            raise StackError("The stock of the first warehouse does not follow the products.")
        given = {"i": next(self._runs) * KEYS_A_RUN, "first": first, "skus": skus, "apart": apart}
        return [f"--define={name}={value}" for name, value in (given | self.script.variables).items()]

    def _orders(self) -> int:
        found: int = self.server.ask(DATABASE, "SELECT count(*) FROM orders_order")[0][0]
        return found
