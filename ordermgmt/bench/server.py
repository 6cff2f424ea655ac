"""The PostgreSQL of the bench: counts statements, and is asked in ways that are not counted themselves."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import environ
import psycopg2

SETTINGS = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.save": "off"}
UNCOUNTED = "-c pg_stat_statements.track=none -c pg_stat_statements.track_utility=off"
# At the end of a transaction the server looks up its foreign keys; nobody sent those.
CALLS = """
SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
WHERE d.datname = %s AND s.query NOT LIKE 'SELECT $_ FROM ONLY %% FOR KEY SHARE OF x'
"""


@dataclass(frozen=True)
class Server:
    """Reached by the address of one of its databases."""

    url: str

    @property
    def place(self) -> dict[str, Any]:
        """Host and user."""
        config = environ.Env.db_url_config(self.url)
        return {"host": config["HOST"], "user": config["USER"]}

    def statements(self, database: str) -> int:
        """How many the programs have sent so far, COMMIT and the like included; not what functions and triggers ask."""
        calls: int = self.ask("postgres", CALLS, [database])[0][0]
        return calls

    def do(self, database: str, statement: str) -> None:
        """Outside a transaction, as VACUUM and CREATE DATABASE demand."""
        with closing(self._connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)

    def ask(self, database: str, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of the answer."""
        with closing(self._connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(query, values)
            return cursor.fetchall()

    def version(self) -> str:
        """As in 18.6."""
        return str(self.ask("postgres", "SHOW server_version")[0][0])

    def _connect(self, database: str) -> "psycopg2.extensions.connection":
        connection: psycopg2.extensions.connection = psycopg2.connect(**self.place, dbname=database, options=UNCOUNTED)
        connection.autocommit = True
        return connection
