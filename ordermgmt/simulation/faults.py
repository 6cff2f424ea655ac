"""What goes wrong on purpose in a private stack: `kill -9` of its parts in the middle of a run, and a bad carrier."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from fulfillment.models import CarrierAccount
from ordermgmt.simulation.session import Progress
from ordermgmt.stack.stack import Stack
from orders.flow import STAGES

PARTS = ("worker", "broker", "web", "beat")
PARTNERS = ("carrier",)
# Shares of all parcels: see fulfillment.carriers.fake.Faults.
CARRIER_FAULTS = {
    "times_out": 0.2,
    "refuses": 0.05,
    "slow": 0.05,
    "slow_seconds": 0.3,
    "duplicates": 0.4,
    "reverses": 0.4,
    "fails_first": 0.05,
}
SHIPPED_OR_FURTHER = tuple(stage.state for stage in STAGES if stage.number >= STAGES[5].number)


def let_carrier_fail(*, seed: int) -> None:
    """The played carriers sell without answering, refuse, are slow, and tell their news twice and backwards."""
    for account in CarrierAccount.objects.filter(adapter=CarrierAccount.Adapter.PLAYED):
        account.settings["faults"] = {**account.settings.get("faults", {}), **CARRIER_FAULTS, "seed": seed}
        account.save(update_fields=["settings"])


@dataclass(frozen=True)
class Fault:
    """One part that was killed, `at_s` seconds into the run; a broker loses everything it held."""

    part: str
    at_s: float
    acknowledged: int
    shipped: int


@dataclass
class Saboteur:
    """Kills all of `parts` twice: with a third of the orders placed, and with two thirds placed and a third shipped.

    The first time hits placing and approving, the second time labels, hand-overs and deliveries.
    """

    stack: Stack
    parts: Sequence[str]
    started: float = field(default_factory=time.monotonic)
    done: list[Fault] = field(default_factory=list)
    _times: int = 0

    def look(self, progress: Progress) -> None:
        """Strike when it is time."""
        shipped = sum(progress.standing.get(state, 0) for state in SHIPPED_OR_FURTHER)
        first = progress.acknowledged * 3 >= progress.planned
        second = progress.acknowledged * 3 >= progress.planned * 2 and shipped * 3 >= progress.planned
        if (self._times == 0 and first) or (self._times == 1 and second):
            self._times += 1
            for part in self.parts:
                self.stack.kill(part)
                at = round(time.monotonic() - self.started, 1)
                self.done.append(Fault(part, at, progress.acknowledged, shipped))
