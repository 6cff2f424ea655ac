"""What the program keeps is English, and read in the reader's language: each kind of sentence, with its facts."""

import pytest
from django.utils.translation import gettext, override

from inventory.retelling import in_english, retold

SENTENCES = {
    "Approved: all 12 checks passed": "Freigegeben: alle 12 Prüfungen bestanden",
    "Held: £14.00 pledged of £20.00 and first order to this address": (
        "Gesperrt: £14.00 von £20.00 reserviert und erste Bestellung an diese Adresse"
    ),
    "Billed in GB, sent to DE": "Rechnung nach GB, Versand nach DE",
    "1 payment overdue": "1 Zahlung überfällig",
    "2 payments overdue": "2 Zahlungen überfällig",
    "4 orders in 10 minutes": "4 Bestellungen in 10 Minuten",
    "Leeds sends 2 units, York sends 1 unit: no single warehouse has everything. 1 unit is due in on Mon 4 May": (
        "Leeds versendet 2 Stück, York versendet 1 Stück: kein einzelnes Lager hat alles. "
        "1 Stück wird am Mo 4. Mai erwartet"
    ),
    "Not paid within 30 minutes": "Nicht innerhalb von 30 Minuten bezahlt",
    "Short pick of 10001-1: not found": "Fehlmenge beim Picken von 10001-1: nicht gefunden",
    "Several zones": "Mehrere Zonen",
    "Aisles 1 to 5": "Gänge 1 bis 5",
    "All that wait, 1 shipment": "Alle wartenden, 1 Sendung",
    "All that wait, 1,284 shipments": "Alle wartenden, 1.284 Sendungen",
    "To pick, LEEDS, 3 shipments": "Zu picken, LEEDS, 3 Sendungen",
    "products.csv: 3 products": "products.csv: 3 Produkte",
    "Parcelwing Economy for £2.90": "Parcelwing Economy für £2.90",
    "weight_g: '-1' is not a whole number from 0 to 10000000": (
        "weight_g: '-1' ist keine ganze Zahl von 0 bis 10000000"
    ),
    "price is empty; currency: stands in several rows": "price ist leer; currency: steht in mehreren Zeilen",
    "rows of one order differ in currency/total": "Zeilen einer Bestellung unterscheiden sich in currency/total",
    "Economy, cheapest that keeps the promise": "Economy, der günstigste, der die Zusage hält",
}


@pytest.mark.parametrize(("kept", "read"), SENTENCES.items())
def test_a_kept_sentence_is_read_in_the_readers_language(kept: str, read: str) -> None:
    with override("de"):
        assert retold(kept) == read
    with override("en-gb"):
        assert retold(kept) == kept


@pytest.mark.parametrize(
    "text", ["", "Fish and chips", "Customer is away until Monday", "Mon 4 Foo", "12 monkeys", "10001-1"]
)
def test_what_no_message_fits_stays_as_it_is(text: str) -> None:
    with override("de"):
        assert retold(text) == text


def test_what_is_kept_is_english_whoever_causes_it() -> None:
    with override("de"):
        assert gettext("Rejected by hand") == "Von Hand abgelehnt"
        with in_english():
            assert gettext("Rejected by hand") == "Rejected by hand"
