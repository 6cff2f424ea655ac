"""A scripted packer at the pack station: verifies each line, takes the cartons as planned, weighs, adds, closes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.stations import Station

SLIP_SHARE, TWICE_SHARE, WEIGHED_WRONG_SHARE = 0.05, 0.15, 0.05
LOST_G = 5_000  # what a foot on the scale adds
Fields = dict[str, str | list[str]]


class Bench(HTMLParser):
    """What the page of one shipment shows: the lines to verify, and its form as it would be sent."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.lines: list[dict[str, Any]] = []
        self.fields: Fields = {"inserts": []}
        self.expected_g: dict[str, int] = {}  # by the name of a scale's field
        self._is_data, self._box = False, "0"
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Radios that are chosen, all that is to be added, and a scale for each box."""
        told = {name: value or "" for name, value in attrs}
        self._is_data = tag == "script" and told.get("id") == "lines"
        self._box = told.get("data-expected", self._box)
        name, value, kind = told.get("name", ""), told.get("value", ""), told.get("type", "text")
        if tag != "input" or not name or (kind == "radio" and "checked" not in told):
            return
        if kind == "checkbox":
            self.fields["inserts"] = [*self.fields["inserts"], value]
        else:
            self.fields[name] = value
        if name.endswith("-weight_g"):
            self.expected_g[name] = int(self._box)

    def handle_data(self, data: str) -> None:
        """The lines, as the page's script reads them."""
        if self._is_data and data.strip():
            self.lines = json.loads(data)["lines"]


@dataclass
class Packer:
    """Scans are sent again now and then, as after a lost answer; sometimes something else lay on the bench, or a foot
    stood on the scale."""

    station: Station
    dice: Dice
    _lay_there: str = field(default="", init=False)

    def pack(self, shipment: str) -> bool:
        """All of it, into boxes; whether it is packed."""
        path = f"/pack/{shipment}/"
        page = self.station.page(path)
        return bool(page) and self._verify(path, Bench(page)) and self._close(path, Bench(page))

    def _verify(self, path: str, bench: Bench) -> bool:
        scans = list(self._scans(path, bench.lines))
        if not scans:
            return True
        body = {"scans": [scan for scan, _ in scans]}
        answer = self.station.tell(f"{path}scans/", body)
        if not answer.is_success:
            return False
        told, tally = answer.json(), self.station.tally
        verdicts = [row["verdict"] == "right" for row in told["verdicts"]]
        tally["scans"] += len(scans)
        tally["mismatches"] += verdicts.count(False)
        tally["misjudged"] += sum(right and is_slip for right, (_, is_slip) in zip(verdicts, scans, strict=True))
        if self.dice.happens(TWICE_SHARE, "packed twice", path):
            tally["repeats"] += len(scans)
            again = self.station.tell(f"{path}scans/", body)
            tally["misjudged"] += again.is_success and _verified(again.json()) != _verified(told)
        return all(line["verified"] == line["quantity"] for line in told["lines"])

    def _scans(self, path: str, lines: Sequence[Mapping[str, Any]]) -> Iterator[tuple[dict[str, Any], bool]]:
        """Each with whether it must be refused."""
        here = {code for line in lines for code in line["codes"]}
        for line in lines:
            left = line["quantity"] - line["verified"]
            if not left:
                continue
            if self.dice.happens(SLIP_SHARE, "mixed up", path, line["sku"]):
                other = self._lay_there
                yield _seen(other if other and other not in here else f"{line['sku']}X"), True
            yield _seen(line["codes"][0], units=left), False
        self._lay_there = next(iter(sorted(here)), self._lay_there)

    def _close(self, path: str, bench: Bench) -> bool:
        weights = {name: str(self._weight(path, name, grams)) for name, grams in bench.expected_g.items()}
        if weights and self.dice.happens(WEIGHED_WRONG_SHARE, "weighed wrong", path):
            name, grams = next(iter(bench.expected_g.items()))
            off = {name: str(grams + LOST_G + grams)}
            self.station.tally["mismatches"] += 1
            if self.station.submit(path, bench.fields | weights | off):
                self.station.tally["misjudged"] += 1
                return True
        is_packed = self.station.submit(path, bench.fields | weights)
        self.station.tally["packed"] += is_packed
        return is_packed

    def _weight(self, path: str, name: str, expected_g: int) -> int:
        """A few grams off, as scales are."""
        return max(1, round(expected_g + self.dice.between(-12, 12, "weight", path, name)))


def _verified(told: Mapping[str, Any]) -> list[int]:
    return [line["verified"] for line in told["lines"]]


def _seen(code: str, *, units: int = 1) -> dict[str, Any]:
    return {"id": str(uuid4()), "action": "item", "at": datetime.now(UTC).isoformat(), "code": code, "units": units}
