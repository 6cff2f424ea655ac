"""What time it is for the shop.

Everything that writes a date asks here, so that a simulation can play two weeks of history in seconds
by the very code that runs the shop. It stands in the lowest app because every app may import it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_set: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The current moment, aware, in UTC; or the one a simulation has set."""
    return _set.get() or timezone.now()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let the shop's clock stand at `moment` (aware) inside the block, in this thread only."""
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
