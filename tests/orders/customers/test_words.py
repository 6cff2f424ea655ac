"""Texts without the person they tell of."""

import pytest

from orders.customers.words import Words, coarse, erased, without, words_of
from tests.factories import LONDON

MARTA = words_of([LONDON], "marta@example.org", "Marta Silva", "+44 7946 000123")


def test_a_person_is_told_by_whole_texts_and_by_parts_of_their_name():
    assert (
        Words(
            whole=("+44 7946 000123", "1 high street", "marta silva", "marta@example.org", "n1 9gu"),
            parts=("marta", "silva"),
        )
        == MARTA
    )


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("MARTA changed her mind", "[erased]"),
        ("Sent to 1 High Street instead", "[erased]"),
        ("Asked marta@example.org", "[erased]"),
        ("+44 7946 000123", "[erased]"),
        ("Martas mug was broken", "Martas mug was broken"),
        ("The customer changed their mind", "The customer changed their mind"),
        ("SILVA-1", "SILVA-1"),
        ("", ""),
    ],
)
def test_a_sentence_that_names_them_is_erased_and_a_sku_is_not(text, left):
    assert erased(text, MARTA) == left


def test_json_keeps_its_shape():
    told = {
        "why": "2 units for Marta Silva",
        "lines": [{"sku": "SILVA", "units": 2}],
        "to": LONDON,
        "note": "Ring first",
    }
    assert without(told, MARTA) == {
        "why": "[erased]",
        "lines": [{"sku": "SILVA", "units": 2}],
        "to": {"name": "", "line1": "", "city": "", "postal_code": "N1", "country": "GB"},
        "note": "[erased]",
    }


@pytest.mark.parametrize(
    ("code", "part"), [("N1 9GU", "N1"), ("10115", "10"), ("94105-1234", "94105"), ("1234 AB", "1234"), ("", "")]
)
def test_the_first_part_of_a_postal_code_stays(code, part):
    assert coarse({**LONDON, "postal_code": code})["postal_code"] == part
