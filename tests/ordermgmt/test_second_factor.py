"""Who approves or gives money back shows a code from their phone; who is disabled is out at once."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from tests.people import signed_in

pytestmark = pytest.mark.django_db
PAGE = "/account/second-factor/"


@pytest.fixture(autouse=True)
def required(settings):
    settings.MFA_REQUIRED = True


def somebody(role):
    user = User.objects.create_user(role, password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return user


def code_of(user):
    return f"{totp(TOTPDevice.objects.get(user=user).bin_key):06}"


@pytest.mark.parametrize("role", ["owner", "manager", "approver", "support"])
def test_who_decides_on_trust_or_money_is_asked_first_wherever_they_go(role):
    client = signed_in(somebody(role))
    for address in ("/", "/orders/?held=1", "/admin/"):
        wanted = urlsplit(client.get(address).headers["Location"])
        assert (wanted.path, parse_qs(wanted.query)["next"]) == (PAGE, [address])


@pytest.mark.parametrize("role", ["picker", "packer", "shipper", "analyst"])
def test_others_are_not(role):
    assert signed_in(somebody(role)).get("/").status_code == 200


def test_a_phone_is_set_up_once_and_asked_for_in_each_session():
    user = somebody("owner")
    client = signed_in(user)
    assert 'class="qr"' in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"token": "000000"}).status_code == 422
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    page = client.post(f"{PAGE}?next=/orders/", {"token": code_of(user)})
    assert len(page.context["codes"]) == 10
    assert page.context["next"] == "/orders/"
    assert client.get("/orders/").status_code == 200
    again = signed_in(user)
    assert 'class="qr"' not in again.get(PAGE).content.decode()
    recovery = StaticToken.objects.first().token
    answer = again.post(PAGE, {"token": recovery, "next": "https://elsewhere.example/"})
    assert answer.headers["Location"] == "/"
    assert again.get("/orders/").status_code == 200
    assert not StaticToken.objects.filter(token=recovery).exists()


@pytest.mark.parametrize(("is_set_up", "welcomed"), [(False, 200), (True, 302)])
def test_after_wrong_codes_even_the_right_one_waits_and_the_page_says_how_long(is_set_up, welcomed):
    user = somebody("owner")
    client = signed_in(user)
    client.get(PAGE)
    if is_set_up:
        client = with_a_phone(user)
    TOTPDevice.objects.update(throttling_failure_count=4, throttling_failure_timestamp=timezone.now())
    answer = client.post(PAGE, {"token": code_of(user)})
    assert answer.status_code == 429
    assert "Too many tries. Wait 8 seconds" in answer.content.decode()
    TOTPDevice.objects.update(throttling_failure_timestamp=timezone.now() - timedelta(seconds=9))
    assert client.post(PAGE, {"token": code_of(user)}).status_code == welcomed


def with_a_phone(user):
    """A new session of somebody who set up their phone in one before."""
    client = signed_in(user)
    client.get(PAGE)
    assert client.post(PAGE, {"token": code_of(user)}).status_code == 200
    TOTPDevice.objects.update(last_t=-1)
    return signed_in(user)


def test_a_code_is_a_try_of_the_device_that_it_looks_to_be_of_alone():
    user = somebody("owner")
    client = with_a_phone(user)
    assert failures() == (0, 0)
    for wrong, counted in (("000000", (1, 0)), ("nocodeof", (1, 1)), ("  \0", (1, 1))):
        assert client.post(PAGE, {"token": wrong}).status_code == 422
        assert failures() == counted


def failures():
    return tuple(kind.objects.get().throttling_failure_count for kind in (TOTPDevice, StaticDevice))


def test_who_has_two_phones_uses_either():
    user = somebody("owner")
    client = with_a_phone(user)
    other = TOTPDevice.objects.create(user=user, name="other", confirmed=True)
    token = f"{totp(other.bin_key):06}"
    assert client.post(PAGE, {"token": f"{token[:3]} {token[3:]}"}).status_code == 302


def test_signing_in_by_phone_every_day_leaves_the_recovery_codes_as_they_are():
    user = somebody("owner")
    client = with_a_phone(user)
    for _day in range(5):
        assert client.post(PAGE, {"token": code_of(user)}).status_code == 302
        TOTPDevice.objects.update(last_t=-1)
        client = signed_in(user)
    assert StaticDevice.objects.get().throttling_failure_count == 0
    recovery = StaticToken.objects.first().token
    assert client.post(PAGE, {"token": f" {recovery}\n"}).status_code == 302


def test_recovery_codes_that_were_guessed_at_wait_by_themselves_and_the_phone_still_opens():
    user = somebody("owner")
    client = with_a_phone(user)
    StaticDevice.objects.update(throttling_failure_count=12, throttling_failure_timestamp=timezone.now())
    answer = client.post(PAGE, {"token": StaticToken.objects.first().token})
    assert answer.status_code == 429
    assert "Wait 35 minutes" in answer.content.decode()
    assert client.post(PAGE, {"token": code_of(user)}).status_code == 302


def test_who_is_disabled_is_out_at_the_next_click(settings):
    settings.MFA_REQUIRED = False
    user = somebody("support")
    client: Client = signed_in(user)
    assert client.get("/orders/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/orders/").headers["Location"] == "/login/?next=/orders/"


def test_it_is_not_asked_where_the_shop_does_not_want_it(settings):
    settings.MFA_REQUIRED = False
    assert signed_in(somebody("owner")).get("/").status_code == 200
