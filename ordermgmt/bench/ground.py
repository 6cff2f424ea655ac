"""Where it is measured: a private stack with production settings, and a shop that has plenty of everything."""

import os
import secrets
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote

import psutil
from django.db import connections

from ordermgmt.bench.buyer import Buyer
from ordermgmt.bench.limit import DATABASE as LIMIT_DATABASE
from ordermgmt.bench.server import SETTINGS, UNCOUNTED, Server
from ordermgmt.simulation.baskets import read_sample
from ordermgmt.simulation.catalogue import articles
from ordermgmt.simulation.runs import use_database
from ordermgmt.simulation.shop import WAREHOUSES, issue_keys, open_shop
from ordermgmt.stack.places import DATABASE_NAME
from ordermgmt.stack.stack import WEB, Stack, private_stack
from ordermgmt.verify import verify

PRODUCTION = {"DEBUG": "0", "ALLOWED_HOSTS": "127.0.0.1", "SECURE_SSL_REDIRECT": "0", "WEB_LOG_LEVEL": "warning"}
UNITS = 1_000_000
# Three of these stay below the limit above which a first order waits for a person.
DEAREST = Decimal(20)
MEGABYTE = 1_048_576


@dataclass(frozen=True)
class Ground:
    """The stack, its server, and who buys. This process is connected to the shop's database."""

    stack: Stack
    server: Server
    buyer: Buyer

    @property
    def port(self) -> int:
        """Where the web answers."""
        return int(self.stack.env["PORT"])

    def statements(self) -> int:
        """That the shop's programs have sent so far."""
        return self.server.statements(DATABASE_NAME)

    def memory_mb(self, part: str) -> float:
        """Of a part's processes: their proportional set sizes, or unique ones where the system knows no others."""
        main = psutil.Process(self.stack.pid(part))
        infos = [each.memory_full_info() for each in (main, *main.children(recursive=True))]
        return sum(getattr(info, "pss", info.uss) for info in infos) / MEGABYTE

    def breaches(self) -> list[str]:
        """The invariants that are broken, in the shop or in its copy."""
        told = []
        for database in (DATABASE_NAME, LIMIT_DATABASE):
            use_database(_address(self.stack, database))
            broken = [check for check in verify().checks if not check.ok]
            told += [f"{database}: {check.name}: {'; '.join(check.breaches)}" for check in broken]
        use_database(_address(self.stack, DATABASE_NAME))
        return told


@contextmanager
def opened_ground() -> Iterator[Ground]:
    """Web and database answer inside the block; no worker runs until somebody starts one."""
    env = PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(64)}
    with private_stack(env=env, postgres=SETTINGS, programs=False) as stack:
        stack.migrate()
        server = Server(stack.database_url)
        use_database(_address(stack, DATABASE_NAME))
        try:
            goods = [article for article in articles(read_sample().baskets) if article.price <= DEAREST]
            skus = [article.sku for article in goods]
            open_shop(goods, {code: dict.fromkeys(skus, UNITS) for code, *_ in WAREHOUSES})
            buyer = Buyer(issue_keys("bench")["web"], skus)
            connections.close_all()
            server.do("postgres", "CREATE EXTENSION pg_stat_statements")
            server.do(DATABASE_NAME, "VACUUM ANALYZE")
            server.do("postgres", f"CREATE DATABASE {LIMIT_DATABASE} TEMPLATE {DATABASE_NAME}")
            stack.start("web", *web_command(int(stack.env["PORT"])))
            stack.await_web()
            yield Ground(stack, server, buyer)
        finally:
            connections.close_all()


def web_command(port: int) -> tuple[str, ...]:
    """The shop's own web server, or another one that `BENCH_WEB` names: arguments to Python, with `{port}`."""
    other = shlex.split(os.environ.get("BENCH_WEB", "").replace("{port}", str(port)))
    return tuple(other) or WEB


def _address(stack: Stack, database: str) -> str:
    return f"{stack.database_url.rpartition('/')[0]}/{database}?options={quote(UNCOUNTED)}"
