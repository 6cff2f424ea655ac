"""One's own account: an invitation by mail, a forgotten password, a change of one's own, no guessing without end."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.test import Client

from ordermgmt.account.forms import MOST_LINKS, MOST_WRONG
from ordermgmt.models import Preference
from orders.api import limits
from tests.people import PASSWORD, make_alice, signed_in

pytestmark = pytest.mark.django_db
STRONG = "staple of the river"


@pytest.fixture(autouse=True)
def counts(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What the broker would count."""
    found: dict[str, int] = {}

    def counted(name: str, more: int = 1) -> int:
        found[name] = found.get(name, 0) + more
        return found[name]

    monkeypatch.setattr(limits, "_counted", counted)
    return found


def link_in(message: Any) -> str:
    found = re.search(r"https?://[^/]+(/account/password/\S+)", message.body)
    assert found, message.body
    return found[1]


def set_password(client: Client, link: str, password: str = STRONG) -> int:
    form = client.get(link, follow=True)
    address = form.redirect_chain[-1][0] if form.redirect_chain else link
    return client.post(address, {"new_password1": password, "new_password2": password}).status_code


def sign_in(name: str, password: str) -> int:
    return Client().post("/login/", {"username": name, "password": password}).status_code


def test_somebody_new_is_invited_sets_a_password_and_works(alice: Client, client: Client) -> None:
    typed = {"username": "petra", "email": "petra@example.org", "roles": ["packer"], "is_active": "on"}
    page = alice.post("/settings/users/new/", typed, follow=True).content.decode()
    assert "on its way to petra@example.org" in page
    assert "Invited" in page
    (message,) = mail.outbox
    assert (message.to, "alice has made an account for you" in message.body) == (["petra@example.org"], True)
    assert set_password(client, link_in(message), "petra") == 200
    assert set_password(client, link_in(message)) == 302
    assert "This link is over" in Client().get(link_in(message)).content.decode()
    assert sign_in("petra", STRONG) == 302
    assert "Invited" not in alice.get("/settings/users/").content.decode()


def test_without_an_address_somebody_new_needs_a_password(alice: Client) -> None:
    answer = alice.post("/settings/users/new/", {"username": "petra", "is_active": "on"})
    assert (answer.status_code, "that an invitation goes to" in answer.content.decode()) == (422, True)
    assert not User.objects.filter(username="petra").exists()


def test_who_forgot_gets_a_link_in_their_language_and_a_stranger_learns_nothing(client: Client) -> None:
    alice = make_alice()
    User.objects.update(email="alice@example.org")
    Preference.objects.create(user=alice, language="de")
    said = [
        client.post("/account/forgotten/", {"email": email}).content.decode().replace(email, "")
        for email in ("Alice@example.org", "nobody@example.org")
    ]
    assert said[0] == said[1]
    (message,) = mail.outbox
    assert "um ein neues Passwort für alice" in message.body
    assert set_password(client, link_in(message)) == 302
    assert (sign_in("alice", PASSWORD), sign_in("alice", STRONG)) == (200, 302)


@pytest.mark.parametrize("without", [{"is_active": False}, {"is_staff": False}])
def test_who_may_not_sign_in_gets_no_link(client: Client, without: dict[str, bool]) -> None:
    make_alice()
    User.objects.update(email="alice@example.org", **without)
    client.post("/account/forgotten/", {"email": "alice@example.org"})
    assert mail.outbox == []


def test_links_are_not_asked_for_without_end(client: Client) -> None:
    make_alice()
    User.objects.update(email="alice@example.org")
    asked = [
        client.post("/account/forgotten/", {"email": "alice@example.org"}).status_code for _ in range(MOST_LINKS + 1)
    ]
    assert (asked[-2:], len(mail.outbox)) == ([200, 429], MOST_LINKS)


def test_who_guesses_waits_though_the_next_one_is_right() -> None:
    make_alice()
    for _ in range(MOST_WRONG):
        assert sign_in("Alice", "wrong") == 200
    answer = Client().post("/login/", {"username": "alice", "password": PASSWORD})
    assert "Too many tries" in answer.content.decode()
    User.objects.create_user("bob", password=STRONG, is_staff=True)
    for _ in range(2 * MOST_WRONG):
        assert sign_in("bob", STRONG) == 302


def test_ones_own_password_is_changed_by_who_knows_it_and_signs_out_elsewhere() -> None:
    alice = make_alice()
    here, elsewhere = signed_in(alice), signed_in(alice)
    typed = {"new_password1": STRONG, "new_password2": STRONG}
    assert here.post("/account/password/", {**typed, "old_password": "guess"}).status_code == 200
    assert here.post("/account/password/", {**typed, "old_password": PASSWORD}).status_code == 302
    assert "You are signed out everywhere else" in here.get("/start/", follow=True).content.decode()
    assert elsewhere.get("/").status_code == 302


def test_the_owner_sends_a_link_to_who_has_an_address(alice: Client) -> None:
    row = User.objects.create_user("olga", password=STRONG, is_staff=True)
    row.groups.add(Group.objects.get(name="picker"))
    told = alice.post(f"/settings/users/{row.pk}/invite/", follow=True).content.decode()
    assert "olga has no e-mail address" in told
    User.objects.filter(pk=row.pk).update(email="olga@example.org")
    alice.post(f"/settings/users/{row.pk}/invite/")
    (message,) = mail.outbox
    assert "has made an account" not in message.body
    assert set_password(Client(), link_in(message)) == 302


def test_a_mail_server_that_is_away_is_told_and_the_user_is_kept(alice: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    typed = {"username": "petra", "email": "petra@example.org", "is_active": "on"}
    page = alice.post("/settings/users/new/", typed, follow=True).content.decode()
    assert "The mail to petra@example.org could not be sent" in page
    assert User.objects.filter(username="petra").exists()
