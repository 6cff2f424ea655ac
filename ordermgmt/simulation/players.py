"""The people in the shop: warehouse staff, the third party, and the manager.

Each acts through the same doors as a real one. What they do is safe to repeat, so a lost answer costs nothing.
They leave alone what others have ordered, unless told from which order on it is theirs too: the shop may be
somebody's own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ordermgmt.forms import HOLD_REASONS
from ordermgmt.simulation.book import Book, Row
from ordermgmt.simulation.desk import Desk
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.packer import Packer
from ordermgmt.simulation.scanner import Scanner
from ordermgmt.simulation.third_party import Rejecting

# What is furthest goes first, so that nothing is left lying half done.
CONFIRMATIONS = {"packed": ("shipped",), "picked": ("packed", "shipped"), "approved": ("picked", "packed", "shipped")}
SCANNED = "LEEDS"  # where the shop's own people pick
REJECTS = "RTM"  # which takes on nearly all that it is handed
REFUSAL_SHARE = 0.25
PAYMENT = "payment"


def is_theirs(book: Book, number: int, *, beyond: int | None) -> bool:
    """Whether the players may touch an order: one they placed, or any that is numbered above `beyond`."""
    return book.knows(number) or (beyond is not None and number > beyond)


@dataclass(frozen=True)
class Staff:
    """Confirms picking, packing and shipping where no machine does, of shipments that have waited for `patience`.

    With `one_step` only the next thing is confirmed, and only for one shipment a round: the pace of a person. Where the
    shop's own people work, a `scanner` picks, in a shop of one's own whatever list comes, and a `packer` packs at the
    station. The third party is `rejecting` some of what it is handed.
    """

    book: Book
    desk: Desk
    warehouses: Sequence[str]
    patience: timedelta = timedelta(0)
    one_step: bool = False
    beyond: int | None = None
    scanner: Scanner | None = None
    packer: Packer | None = None
    takes_what_comes: bool = False
    rejecting: Rejecting | None = None

    def act(self) -> None:
        """Take the oldest work first; what cannot be confirmed now is left for the next round."""
        for warehouse in self.warehouses:
            if self.scanner and self.takes_what_comes and warehouse == SCANNED:
                self.scanner.take_what_comes(warehouse)
            for code, words in self._work(warehouse):
                if self._is_sent_back(warehouse, code, words):
                    continue
                hands = self._hands() if warehouse == SCANNED else {}
                done = self._confirm(code, words[:1] if self.one_step else words, hands)
                if done and self.one_step:
                    break

    def _is_sent_back(self, warehouse: str, code: str, words: Sequence[str]) -> bool:
        waits_for_an_answer = warehouse == REJECTS and "picked" in words
        return bool(self.rejecting and waits_for_an_answer and self.rejecting.stands_in_the_way(code))

    def _work(self, warehouse: str) -> Iterator[tuple[str, Sequence[str]]]:
        for state, words in CONFIRMATIONS.items():
            for shipment in self.desk.pages("shipments/", warehouse=warehouse, state=state, page_size="100"):
                waited = datetime.now(UTC) - datetime.fromisoformat(shipment["state_since"])
                if waited >= self.patience and is_theirs(self.book, shipment["order"], beyond=self.beyond):
                    yield shipment["code"], words

    def _hands(self) -> dict[str, Callable[[str], bool]]:
        """What is done at a station, by the word that would confirm it."""
        hands = {"picked": self.scanner and self.scanner.pick, "packed": self.packer and self.packer.pack}
        return {word: work for word, work in hands.items() if work}

    def _confirm(self, code: str, words: Sequence[str], hands: Mapping[str, Callable[[str], bool]]) -> bool:
        return all(
            hands[word](code) if word in hands else self.desk.post(f"shipments/{code}/{word}/").is_success
            for word in words
        )


@dataclass(frozen=True)
class Manager:
    """Decides about held orders: most are released, the others are called off, with a reason; what failed is tried
    again."""

    book: Book
    dice: Dice
    patience: timedelta = timedelta(0)
    one_step: bool = False
    beyond: int | None = None

    def act(self) -> None:
        """Look at everything that is held, oldest first; with `one_step` decide once a round."""
        rows = self.book.rows.values()
        waiting = [row for row in rows if row.held and is_theirs(self.book, row.number, beyond=self.beyond)]
        for row in sorted(waiting, key=lambda row: row.since):
            if datetime.now(UTC) - row.since >= self.patience and self._decide(row) and self.one_step:
                return

    def _decide(self, row: Row) -> bool:
        """Whether anything came of it; what takes a second person, or waits for a stranger's money, is left alone."""
        desk = self.book.desk(row.channel)
        holds = desk.get(f"orders/{row.number}/")["holds"]
        doubtful = [hold for hold in holds if hold["reason"] != "exception"]
        if doubtful and self.dice.happens(REFUSAL_SHARE, "refuse", suffix(row.external_id)):
            noted = doubtful[0]["note"] or doubtful[0]["reason"]
            answer = desk.post(f"orders/{row.number}/cancel/", {"reason": f"Not trusted: {noted}"[:200]})
            if answer.is_success:
                return True
        named = (
            dict(HOLD_REASONS) if self.beyond is not None else {}
        )  # in a shop of one's own people's holds are theirs
        holds = [hold for hold in holds if hold["reason"] not in named]
        mine = [hold["reason"] for hold in holds if hold["reason"] != PAYMENT or self.book.knows(row.number)]
        answers = [desk.post(f"orders/{row.number}/release/", {"reason": reason}) for reason in mine]
        return any(answer.is_success for answer in answers)


def suffix(external_id: str) -> str:
    """The part of an external id that is the same in every run with the same seed."""
    return external_id.rpartition("-")[2]
