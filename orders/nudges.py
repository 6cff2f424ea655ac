"""Telling the workers to look, without making anybody wait for the broker.

A message says "look now" and nothing else, so one does for all that happened since the last: they are sent by a thread
of their own, at most one for each queue in `PAUSE_SECONDS`. One that is lost with its process costs a sweep.
"""

import logging
import threading
import time

from celery import current_app
from django.conf import settings
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)
PAUSE_SECONDS = 0.05
IDLE_SECONDS = 5.0  # then the thread ends, and the next nudge starts another


class Herald:
    """Takes nudges from any thread; the first one in a process starts its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: set[str] = set()
        self._called = threading.Event()
        self._thread: threading.Thread | None = None

    def tell(self, queue: str) -> None:
        """Soon, and once for all who ask meanwhile."""
        with self._lock:
            self._waiting.add(queue)
            # A thread does not survive a fork, nor an idle time.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="herald", daemon=True)
                self._thread.start()
        self._called.set()

    def _work(self) -> None:
        while True:
            self._called.wait(IDLE_SECONDS)
            with self._lock:
                queues, self._waiting = self._waiting, set()
                self._called.clear()
                if not queues:
                    self._thread = None
                    return
            for queue in sorted(queues):
                send(queue)
            time.sleep(PAUSE_SECONDS)


def send(queue: str) -> None:
    """One message to the stage's workers. A broker that is away costs a sweep, never an order."""
    try:
        current_app.send_task(settings.STAGE_TASKS[queue], queue=queue, expires=60, retry=False)
    except (OperationalError, OSError) as error:
        log.warning("Could not nudge %s, the next sweep will: %s", queue, error)


nudge = Herald().tell
