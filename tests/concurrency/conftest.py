"""Real threads on real connections: what one transaction cannot show."""

import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from ordermgmt.stack.stack import WEB, private_stack

Act = Callable[[], object]
WEB_PROCESSES, WEB_THREADS = 2, 32  # as many requests at work at once as clients ask


@pytest.fixture
def at_once() -> Callable[[Sequence[Act]], list[object]]:
    """Run the acts at the same moment, each in its own thread and connection; what they return or raise, in order."""

    def run(acts: Sequence[Act]) -> list[object]:
        results: list[object] = [None] * len(acts)
        start = threading.Barrier(len(acts))

        def one(place: int) -> None:
            try:
                connection.ensure_connection()
                start.wait(timeout=30)
                results[place] = acts[place]()
            except Exception as error:
                results[place] = error
            finally:
                connection.close()

        threads = [threading.Thread(target=one, args=(place,)) for place in range(len(acts))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert not any(thread.is_alive() for thread in threads), "a thread never came back: deadlock?"
        return results

    return run


@pytest.fixture(scope="module")
def transactional_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows that stay until the module ends, because one web serves all its tests.

    By this name pytest-django knows that it has to make the database.
    """
    with django_db_blocker.unblock():
        yield
        call_command("flush", verbosity=0, interactive=False)
        connection.close()


@pytest.fixture(scope="module")
def web(transactional_db: None) -> Iterator[int]:
    """The web as it runs in production, on the test's own database; its port."""
    server, _, _ = os.environ["TEST_DATABASE_URL"].rpartition("/")
    env = {
        "DEBUG": "0",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "SECURE_SSL_REDIRECT": "0",
        "LOG_LEVEL": "CRITICAL",
        "WEB_WORKERS": str(WEB_PROCESSES),
        "WEB_THREADS": str(WEB_THREADS),
        "DATABASE_URL": f"{server}/{connection.settings_dict['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
    }
    before = deadlocks()
    with private_stack(env=env, programs=False) as stack:
        stack.start("web", *WEB)
        stack.await_web()
        yield int(stack.env["PORT"])
    assert deadlocks() == before, "PostgreSQL had to end a deadlock"


def deadlocks() -> int:
    """How many PostgreSQL has ended in this database; a connection has told of its own when it is closed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
