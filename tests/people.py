"""The cast: Alice runs the shop, Bob acts on orders, Sam only looks, Charlie must not see anything."""

from django.contrib.auth.models import Permission, User
from django.db.models import Q
from django.test import Client

PASSWORD = "correct horse battery"


def make_alice() -> User:
    return User.objects.create_superuser("alice", password=PASSWORD)


def make_bob() -> User:
    bob = User.objects.create_user("bob", password=PASSWORD, is_staff=True)
    work = ["change_order", "pick_picklist", "pack_shipment", "ship_shipment"]
    bob.user_permissions.set(Permission.objects.filter(Q(codename__in=work) | Q(codename__startswith="view_")))
    return bob


def make_sam() -> User:
    sam = User.objects.create_user("sam", password=PASSWORD, is_staff=True)
    sam.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    return sam


def make_charlie() -> User:
    return User.objects.create_user("charlie", password=PASSWORD)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client
