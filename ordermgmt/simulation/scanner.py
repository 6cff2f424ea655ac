"""A scripted picker with a handheld: takes lists and sends scans at the addresses of the pick station."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from ordermgmt.simulation.desk import Desk
from ordermgmt.simulation.dice import Dice

SLIP_SHARE, TWICE_SHARE, UNSCANNED_SHARE = 0.03, 0.1, 0.02
WALKS = 20  # in one go


@dataclass(frozen=True)
class Scanner:
    """Scans are sent again now and then, as after a lost answer; a wrong item is held before the scanner sometimes."""

    desk: Desk
    dice: Dice
    picker: str = "bob"

    def take_what_comes(self, warehouse: str) -> None:
        """The most urgent lists, as the shop gives them, planned into batches where its policy says so."""
        for _ in range(WALKS):
            answer = self.desk.post("pick-lists/next/", {"warehouse": warehouse, "picker": self.picker})
            if not answer.is_success or not self.walk(answer.json()):
                return

    def pick(self, shipment: str) -> bool:
        """Every list with work of this shipment, whoever else is on it."""
        rows = self.desk.get("pick-lists/", shipment=shipment)["results"]
        return bool(rows) and all([self._taken(row) and self.walk(row) for row in rows])

    def walk(self, pick_list: dict[str, Any]) -> bool:
        """Scan all of it; whether it is finished."""
        scans = [scan for task in pick_list["tasks"] for scan in self._scans(task)]
        if not scans:
            return False
        path, body = f"pick-lists/{pick_list['id']}/scans/", {"picker": self.picker, "scans": scans}
        answer = self.desk.post(path, body)
        if self.dice.happens(TWICE_SHARE, "twice", pick_list["id"]):
            answer = self.desk.post(path, body)
        return answer.is_success and answer.json()["list"]["state"] == "finished"

    def _taken(self, pick_list: dict[str, Any]) -> bool:
        return self.desk.post(f"pick-lists/{pick_list['id']}/take-over/", {"picker": self.picker}).is_success

    def _scans(self, task: dict[str, Any]) -> Iterator[dict[str, Any]]:
        left = 0 if task["called_off"] else task["quantity"] - task["picked"] - task["short"]
        if not left:
            return
        about = (task["shipment"], task["sku"])
        if task["bin"]:
            yield _seen("bin", bin=task["bin"])
        if self.dice.happens(SLIP_SHARE, "slip", *about):
            yield _seen("item", bin=task["bin"], code=f"{task['sku']}X")
        if self.dice.happens(UNSCANNED_SHARE, "unscanned", *about):
            yield _seen("confirm", bin=task["bin"], task=task["id"], units=left)
        else:
            yield _seen("item", bin=task["bin"], code=task["codes"][0], units=left)


def _seen(action: str, **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "action": action, "at": datetime.now(UTC).isoformat(), **fields}
