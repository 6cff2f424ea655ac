"""A past that is played: planned actions in the order of time, each with the shop's clock standing at its moment."""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from inventory import clock

Action = Callable[[], object]


class Timeline:
    """What is planned up to `until`; what would be later never happens, it is left to the running system."""

    def __init__(self, *, until: datetime) -> None:
        self.until = until
        self._planned: list[tuple[datetime, int, Action]] = []
        self._ties = count()

    def plan(self, moment: datetime, action: Action) -> None:
        """Do it at that moment; of two things at the same moment the one planned first comes first."""
        if moment <= self.until:
            heapq.heappush(self._planned, (moment, next(self._ties), action))

    def plan_in(self, span: timedelta, action: Action) -> None:
        """Do it a while after the moment that is being played."""
        self.plan(clock.now() + span, action)

    def play(self, tick: Callable[[datetime], None]) -> None:
        """Let everything happen, also what is planned on the way; `tick` is told each moment."""
        while self._planned:
            moment, _, action = heapq.heappop(self._planned)
            with clock.at(moment):
                action()
            tick(moment)
