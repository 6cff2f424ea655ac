"""The third party of the play: takes on what it was handed, and now and then sends it back with a reason."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from fulfillment.handover import answering
from fulfillment.holds import release_shipment
from fulfillment.models import HandOver, Shipment
from ordermgmt.simulation.desk import Desk
from ordermgmt.simulation.dice import Dice
from orders.errors import NotAllowedNow

REJECTED_SHARE = 0.06
REASONS = (
    ("no_capacity", "The night shift is full"),
    ("service_not_offered", "No van goes there this week"),
    ("address_incomplete", "The courier does not know this street"),
)


def answer(shipment_id: int, *, dice: Dice, by: str) -> bool:
    """What it says of a hand-over in the past; whether it takes it on."""
    if dice.happens(REJECTED_SHARE, "rejects", shipment_id):
        reason, words = dice.choose(REASONS, "rejects for", shipment_id)
        with suppress(NotAllowedNow):
            answering.reject(shipment_id, reason=reason, words=words, by=by)
            return False
    with suppress(NotAllowedNow):
        answering.accept(shipment_id, by=by)
    return True


def ask_again(shipment_id: int, *, by: str) -> bool:
    """Somebody in the shop has spoken with them: what they rejected, and nobody else sends, is handed to them anew."""
    shipment = Shipment.objects.get(pk=shipment_id)
    holds = list(shipment.holds.filter(reason=answering.REJECTED, released_at=None))
    for hold in holds:
        release_shipment(hold.pk, by=by, note="They will send it after all.")
    return bool(holds) and HandOver.objects.filter(shipment=shipment_id, state="requested").exists()


@dataclass(frozen=True)
class Rejecting:
    """The same over the API: each hand-over is rejected once at most, and asked for again after a while."""

    desk: Desk
    dice: Dice
    again_after: timedelta = timedelta(0)
    rejected: dict[str, datetime | None] = field(default_factory=dict)  # by code; None: taken on

    def stands_in_the_way(self, code: str) -> bool:
        """Whether a shipment is not to be worked on in this round: it was sent back, or is."""
        now = datetime.now(UTC)
        if code not in self.rejected:
            self.rejected[code] = now if self._reject(code) else None
            return self.rejected[code] is not None
        since = self.rejected[code]
        if since is None:
            return False
        if now - since < self.again_after:
            return True
        self.rejected[code] = None
        self.desk.post(f"shipments/{code}/release/", {"reason": answering.REJECTED, "note": "Asked again"})
        return False

    def _reject(self, code: str) -> bool:
        if not self.dice.happens(REJECTED_SHARE, "rejects", code):
            return False
        reason, words = self.dice.choose(REASONS, "rejects for", code)
        return self.desk.post(f"handovers/{code}/reject/", {"reason": reason, "words": words}).is_success
