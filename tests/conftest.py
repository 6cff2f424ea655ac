"""Tests run on a PostgreSQL and a broker of their own, in a temporary folder that is gone afterwards.

`TEST_DATABASE_URL` and `TEST_REDIS_URL` name other servers to use. With xdist each worker has servers of its own: an
event is told only when no older transaction of the whole server is left, and those of another worker may be long.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack

import environ
import pytest
from django.conf import settings
from django.core.management.color import Style
from django.core.management.commands import flush
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import HealthCheck
from hypothesis import settings as examples
from pytest_django.plugin import DjangoDbBlocker

from ordermgmt.celery import app
from ordermgmt.simulation.emptying import SEEDED
from ordermgmt.stack.stack import private_stack
from orders.bounds import DEFAULTS

POSTGRES = {"max_connections": "300"}
# These have tests of more than twenty seconds. Left to the end, one of them keeps a single core busy for minutes.
LONGEST = (
    *("test_stock_room.py", "test_faults.py", "test_nine_stages.py", "test_bench.py", "test_borrowed.py"),
    *("test_demo.py", "test_fold.py", "test_verify.py", "test_bench_kpis.py"),
)
FOLLOWS_FROM_MODELS = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}  # and roles
(FILLED_BY_MIGRATIONS,), AS_MIGRATED = SEEDED, "as_migrated"

# How long an example takes is the machine's affair: a busy one stands still for a second now and then.
examples.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    """Before any test asks for the database; the settings have been read by now, so they are changed in place."""
    if config.option.collectonly or config.option.help:
        return
    if "TEST_DATABASE_URL" not in os.environ or "TEST_REDIS_URL" not in os.environ:
        with ExitStack() as exits:
            stack = exits.enter_context(private_stack(durable=False, programs=False, postgres=POSTGRES))
            stack.migrate()
            if getattr(config.option, "numprocesses", None):
                return  # the workers restore what has been kept now
            config.add_cleanup(exits.pop_all().close)
        os.environ.update(TEST_DATABASE_URL=stack.database_url, TEST_REDIS_URL=stack.redis_url)
        settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = settings.DATABASES["default"]["NAME"]
    settings.DATABASES["default"].update(environ.Env.db_url_config(os.environ["TEST_DATABASE_URL"]))
    settings.REDIS_URL = settings.CELERY_BROKER_URL = app.conf.broker_url = os.environ["TEST_REDIS_URL"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow hash protects nobody here


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.name, len(places)))


def pytest_collection_finish() -> None:
    """What has been imported and collected by now stays: no garbage need be looked for in it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def keys_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each time, so that no test finds what another one left."""
    monkeypatch.setattr("orders.keys.KNOWN_SECONDS", 0.0)


@pytest.fixture(autouse=True)
def bounds_are_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until a test sets another one: what a test before has set is forgotten, and no page pays for the look-up."""
    monkeypatch.setattr("orders.bounds._known", (float("inf"), DEFAULTS))


@pytest.fixture(scope="session", autouse=True)
def permissions_outlive_tests() -> Iterator[None]:
    """Between two tests tables are emptied; what follows from the models need not be written again each time.

    To delete a few rows takes a twentieth of what it takes to truncate all tables. Who still writes is waited for.
    """

    def all_but_those(style: Style, connection: BaseDatabaseWrapper, **how: bool) -> list[str]:
        known = connection.introspection.django_table_names(only_existing=True, include_views=False)
        tables = sorted(map(connection.ops.quote_name, set(known) - FOLLOWS_FROM_MODELS))
        return [
            "SET LOCAL session_replication_role = replica",  # no triggers, no foreign keys
            f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE",
            "; ".join(f"DELETE FROM {table}" for table in tables),
            f"INSERT INTO {FILLED_BY_MIGRATIONS} SELECT * FROM {AS_MIGRATED}",
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flush, "sql_flush", all_but_those)
        patch.setattr(flush, "emit_post_migrate_signal", lambda *about: None)
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """As pytest-django does; but a thread of the live server that a browser left in the middle lets go first.

    What migrations have filled is kept, so that each test finds it, whichever ran before.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {AS_MIGRATED} AS TABLE {FILLED_BY_MIGRATIONS}")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
