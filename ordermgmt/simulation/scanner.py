"""A scripted picker with a handheld: takes lists and scans, at the pick station or with a key at the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx

from ordermgmt.simulation.desk import Desk
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.stations import Station

SLIP_SHARE, TWICE_SHARE, UNSCANNED_SHARE = 0.03, 0.1, 0.02
WALKS = 20  # in one go
SLIPPED = "-NOT-THIS"  # no product is called so


@dataclass(frozen=True)
class Scanner:
    """Scans are sent again now and then, as after a lost answer; a wrong item is held before the scanner sometimes."""

    desk: Desk
    dice: Dice
    picker: str = "bob"
    station: Station | None = None

    def take_what_comes(self, warehouse: str) -> None:
        """The most urgent lists, as the shop gives them, planned into batches where its policy says so."""
        for _ in range(WALKS):
            answer = self._tell("next/", {"warehouse": warehouse})
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
        path, body = f"{pick_list['id']}/scans/", {"scans": scans}
        answer = self._tell(path, body)
        if not answer.is_success:
            return False
        told = answer.json()
        self._count(scans, told)
        if self.dice.happens(TWICE_SHARE, "twice", pick_list["id"]):
            again = self._tell(path, body)
            self._count_again(scans, told, again.json() if again.is_success else told)
        return bool(told["list"]["state"] == "finished")

    def _taken(self, pick_list: dict[str, Any]) -> bool:
        return self._tell(f"{pick_list['id']}/take-over/", {}).is_success

    def _tell(self, path: str, body: dict[str, Any]) -> httpx.Response:
        if self.station:
            return self.station.tell(f"/pick/{path}", body)
        return self.desk.post(f"pick-lists/{path}", body | {"picker": self.picker})

    def _count(self, scans: list[dict[str, Any]], told: dict[str, Any]) -> None:
        if not self.station:
            return
        right = {row["id"] for row in told["verdicts"] if row["verdict"] == "right"}
        slips = {scan["id"] for scan in scans if scan.get("code", "").endswith(SLIPPED)}
        tally = self.station.tally
        tally["scans"] += len(scans)
        tally["mismatches"] += len(scans) - len(right)
        tally["misjudged"] += len(right & slips)

    def _count_again(self, scans: list[dict[str, Any]], told: dict[str, Any], again: dict[str, Any]) -> None:
        if self.station:
            self.station.tally["repeats"] += len(scans)
            self.station.tally["misjudged"] += _picked(again) != _picked(told)

    def _scans(self, task: dict[str, Any]) -> Iterator[dict[str, Any]]:
        left = 0 if task["called_off"] else task["quantity"] - task["picked"] - task["short"]
        if not left:
            return
        about = (task["shipment"], task["sku"])
        if task["bin"]:
            yield _seen("bin", bin=task["bin"])
        if self.dice.happens(SLIP_SHARE, "slip", *about):
            yield _seen("item", bin=task["bin"], code=task["sku"] + SLIPPED)
        if self.dice.happens(UNSCANNED_SHARE, "unscanned", *about):
            yield _seen("confirm", bin=task["bin"], task=task["id"], units=left)
        else:
            yield _seen("item", bin=task["bin"], code=task["codes"][0], units=left)


def _picked(told: dict[str, Any]) -> list[tuple[int, int]]:
    return [(task["id"], task["picked"]) for task in told["list"]["tasks"]]


def _seen(action: str, **fields: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "action": action, "at": datetime.now(UTC).isoformat(), **fields}
