"""A customer's link opens one order, for one purpose, for a while."""

import re
from types import SimpleNamespace

import pytest

from orders.tokens import MAX_AGE, BadToken, link, read, sign

NOW = 1_800_000_000


@pytest.fixture
def clock(monkeypatch):
    """A settable clock for the signer: `clock(seconds)`."""

    def set_to(seconds: float) -> None:
        monkeypatch.setattr("django.core.signing.time", SimpleNamespace(time=lambda: seconds))

    return set_to


def test_a_token_gives_back_its_order():
    assert read(sign(42, "survey"), "survey") == 42


def test_a_token_stands_in_an_address_as_it_is():
    assert re.fullmatch(r"42~[0-9A-Za-z]+~[\w-]{43}", sign(42, "survey"))


def test_a_token_for_one_purpose_opens_no_other():
    with pytest.raises(BadToken):
        read(sign(42, "survey"), "track")


@pytest.mark.parametrize("place", range(0, 52, 3))
def test_a_token_that_was_altered_anywhere_is_refused(place):
    token = sign(42, "survey")
    other = "1" if token[place] != "1" else "2"
    with pytest.raises(BadToken):
        read(token[:place] + other + token[place + 1 :], "survey")


@pytest.mark.parametrize("token", ["", "42", "~", "~~", "42~~", "42~1~2", ":", "é~1~2", "\x00", "42~1~" + "A" * 5000])
def test_what_is_no_token_is_refused(token):
    with pytest.raises(BadToken):
        read(token, "survey")


def test_the_signature_of_one_order_opens_no_other():
    _, stamp, signature = sign(42, "survey").split("~")
    with pytest.raises(BadToken):
        read(f"43~{stamp}~{signature}", "survey")


def test_a_token_is_good_for_half_a_year_and_not_a_second_more(clock):
    clock(NOW)
    token = sign(42, "survey")
    clock(NOW + MAX_AGE.total_seconds())
    assert read(token, "survey") == 42
    clock(NOW + MAX_AGE.total_seconds() + 1)
    with pytest.raises(BadToken):
        read(token, "survey")


def test_a_token_of_another_shop_is_refused(settings):
    token = sign(42, "survey")
    settings.SECRET_KEY = "another shop's secret, long enough to be taken for one, 0123456789"
    with pytest.raises(BadToken):
        read(token, "survey")


def test_the_link_is_absolute(settings):
    settings.BASE_URL = "https://shop.example"
    address = link(42, "survey")
    start, token = address[: len("https://shop.example/survey/")], address.split("/")[-2]
    assert (start, address[-1]) == ("https://shop.example/survey/", "/")
    assert read(token, "survey") == 42
