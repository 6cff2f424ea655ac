"""The played people at the stations: what their pages send is taken, slips are refused, repeats count once."""

import threading
from collections.abc import Iterator

import pytest

from fulfillment.models import Insert, InsertRule, Parcel, PickTask, Scan, Shipment
from ordermgmt.simulation import packer, scanner
from ordermgmt.simulation.desk import Desk
from ordermgmt.simulation.dice import Dice
from ordermgmt.simulation.stations import Person, Station
from tests.fulfillment.packwork.bench import on_bench
from tests.fulfillment.pickwork.work import released, shelve
from tests.people import PASSWORD, make_bob

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def station(live_server: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Station]:
    """Bob's, on a day when everything goes wrong once."""
    make_bob()
    for module, share in ((packer, "SLIP"), (packer, "TWICE"), (packer, "WEIGHED_WRONG"), (scanner, "SLIP")):
        monkeypatch.setattr(module, f"{share}_SHARE", 1.0)
    monkeypatch.setattr(scanner, "TWICE_SHARE", 1.0)
    monkeypatch.setattr(scanner, "UNSCANNED_SHARE", 0.0)
    desk = Desk(str(live_server), "", stop=threading.Event())
    opened = Station(desk, str(live_server), Person("bob", PASSWORD))
    yield opened
    opened.close()
    desk.close()


def test_a_packer_verifies_weighs_adds_and_closes(station: Station) -> None:
    shipment = on_bench()
    InsertRule.objects.create(name="Card", kind="card", occasion="always", cost="0.10")
    assert packer.Packer(station, Dice(1)).pack(shipment.code)
    assert str(Shipment.objects.get(pk=shipment.pk).state) == "packed"
    assert (Insert.objects.count(), Parcel.objects.filter(weight_g=None).count()) == (1, 0)
    # Two lines, and before each something that is not in it; all of it sent twice. The first weight is refused.
    assert {name: station.tally[name] for name in ("scans", "repeats", "mismatches", "misjudged", "packed")} == {
        "scans": 4,
        "repeats": 4,
        "mismatches": 3,
        "misjudged": 0,
        "packed": 1,
    }
    assert Scan.objects.filter(station="pack").count() == 4


def test_a_picker_takes_what_comes(station: Station) -> None:
    shelve("MUG", "1-2-1")
    released(("MUG", 2))
    scanner.Scanner(station.desk, Dice(1), picker="bob", station=station).take_what_comes("LEEDS")
    assert (str(Shipment.objects.get().state), PickTask.objects.get().picked) == ("picked", 2)
    counted = {name: station.tally[name] for name in ("scans", "repeats", "mismatches", "misjudged")}
    assert counted == {"scans": 3, "repeats": 3, "mismatches": 1, "misjudged": 0}
