"""What people type into a list's filter: read whole, written again the same, and never refused."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordermgmt.lists.language import BadValue, Clause, Typed, amount, day, duration, typed

TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "clauses", "words"),
    [
        ("", [], []),
        ("Marta Silva", [], ["Marta", "Silva"]),
        ('"Marta Silva" x', [], ["Marta Silva", "x"]),
        ("state:picking", [Clause("state", ("picking",))], []),
        ("STATE:Picking", [Clause("state", ("Picking",))], []),
        ("age:>2h", [Clause("age", ("2h",), ">")], []),
        ("age:>=2h", [Clause("age", ("2h",), ">=")], []),
        ("-channel:web,phone", [Clause("channel", ("web", "phone"), negated=True)], []),
        ('sku:"A B",C', [Clause("sku", ("A B", "C"))], []),
        ("tier:A tier:A", [Clause("tier", ("A",))], []),
        ("state:", [], ["state:"]),
        ("state:,", [], ["state:,"]),
        ("- x", [], ["-", "x"]),
        ('open"ended words', [], ["openended words"]),
    ],
)
def test_what_is_typed_is_read(text, clauses, words):
    assert typed(text) == Typed(tuple(clauses), tuple(words))


@given(st.text(max_size=60))
def test_every_text_can_be_read_and_what_is_written_again_means_the_same(text):
    read = typed(text)
    assert typed(read.text) == read


def test_a_condition_can_be_taken_away_or_put_in_place_of_another():
    asked = typed("state:picked tier:A Silva")
    assert asked.without(asked.clauses[0]).text == "tier:A Silva"
    assert asked.instead(Clause("state", ("packed",))).text == "tier:A state:packed Silva"


@pytest.mark.parametrize(
    ("text", "span"), [("90m", timedelta(minutes=90)), ("2H", timedelta(hours=2)), ("1w", timedelta(days=7))]
)
def test_times(text, span):
    assert duration(text) == span


@pytest.mark.parametrize(
    ("text", "found"),
    [("today", TODAY), ("Yesterday", date(2026, 11, 27)), ("2026-02-03", date(2026, 2, 3)), ("7d", date(2026, 11, 21))],
)
def test_days(text, found):
    assert day(text, today=TODAY) == found


@pytest.mark.parametrize(
    ("read", "text"),
    [(duration, "2"), (duration, "h"), (duration, "1234567d"), (amount, "x"), (amount, "nan"), (amount, "1e30")],
)
def test_what_makes_no_sense_says_what_would(read, text):
    with pytest.raises(BadValue, match=text):
        read(text)


@pytest.mark.parametrize("text", ["2026-13-01", "2h", "soon"])
def test_what_is_no_day_says_what_would_be(text):
    with pytest.raises(BadValue, match="2026-11-28, today"):
        day(text, today=TODAY)


def test_amounts():
    assert amount("19.99") == Decimal("19.99")
