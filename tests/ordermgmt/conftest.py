"""People at their screens, and a clock that stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client

from inventory import clock
from tests.people import make_alice, make_bob, make_charlie, make_sam, signed_in

NOON = datetime(2026, 5, 4, 11, 0, tzinfo=UTC)  # a Monday, 12:00 in London


@pytest.fixture
def noon() -> Iterator[datetime]:
    with clock.at(NOON):
        yield NOON


@pytest.fixture
def alice(db: None) -> Client:
    return signed_in(make_alice())


@pytest.fixture
def bob(db: None) -> Client:
    return signed_in(make_bob())


@pytest.fixture
def sam(db: None) -> Client:
    return signed_in(make_sam())


@pytest.fixture
def charlie(db: None) -> Client:
    return signed_in(make_charlie())
