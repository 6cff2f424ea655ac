"""Real threads on real connections: what one transaction cannot show."""

import threading
from collections.abc import Callable, Sequence

import pytest
from django.db import connection

Act = Callable[[], object]


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
