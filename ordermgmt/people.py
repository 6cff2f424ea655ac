"""Who is signed in, with what they may do and how they want the dashboard: all in the one statement of the session."""

from collections.abc import Collection
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.contrib.postgres.fields import ArrayField
from django.db.models import Exists, Func, Model, OuterRef, QuerySet, TextField
from django.db.models.functions import Left
from django.http import HttpRequest

from ordermgmt.models import Preference, Workplace
from orders import languages

LONGEST = 80  # of a name as jobs keep it
# Written by hand because every page and every poll asks: Django joins a row for each right that there is.
RIGHTS = """ARRAY(
    SELECT c.app_label || '.' || p.codename
    FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
    WHERE p.id IN (
        SELECT own.permission_id FROM auth_user_user_permissions own WHERE own.user_id = %(expressions)s
        UNION ALL
        SELECT g.permission_id FROM auth_user_groups u JOIN auth_group_permissions g ON g.group_id = u.group_id
        WHERE u.user_id = %(expressions)s
    )
)"""
WITH_RIGHTS = User.objects.annotate(may=Func("pk", template=RIGHTS, output_field=ArrayField(TextField())))


class KnownAtOnce(ModelBackend):
    """As Django's, but a page that asks for rights costs no statements more: they come with the person."""

    def get_user(self, user_id: int) -> User | None:
        """The person with their rights and preference; None who is gone or may not sign in any more."""
        user = WITH_RIGHTS.select_related("preference").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: Model | None = None) -> set[str]:
        """Those that came along; else they are asked for."""
        known: list[str] | None = vars(user_obj).get("may")
        if known is None or obj is not None or not user_obj.is_active or getattr(user_obj, "is_superuser", False):
            return super().get_all_permissions(user_obj, obj)  # type: ignore[arg-type]
        return set(known)


def colleague(username: str) -> User | None:
    """The one of the staff with that name, with their rights, in one statement; None who may not sign in."""
    named = WITH_RIGHTS.annotate(name=Left("username", LONGEST)).filter(name=username[:LONGEST])
    return named.filter(is_staff=True, is_active=True).first()


def preference(user: AbstractBaseUser | AnonymousUser) -> Preference:
    """How this person wants it; a new, unsaved one for who has not said."""
    try:
        found: Preference = user.preference  # type: ignore[union-attr]
    except (AttributeError, Preference.DoesNotExist):
        return Preference()
    return found


def language(request: HttpRequest) -> str:
    """The language that this person reads: their own choice, else the browser's."""
    return preference(request.user).language or languages.of_page(request)


def places_of(username: str) -> set[int]:
    """The warehouses that they work in; none: all of them."""
    rows = Workplace.objects.annotate(name=Left("user__username", LONGEST)).filter(name=username[:LONGEST])
    return set(rows.values_list("warehouse", flat=True))


def zone(user: AbstractBaseUser | AnonymousUser) -> ZoneInfo:
    """The time zone that times are shown in to this person."""
    return ZoneInfo(preference(user).time_zone or settings.SHOP_TIME_ZONE)


def who_may(*rights: str) -> QuerySet[User]:
    """The staff that have all of these rights, by name."""
    found = User.objects.filter(is_staff=True, is_active=True)
    for right in rights:
        able = User.objects.with_perm(right, backend=f"{KnownAtOnce.__module__}.{KnownAtOnce.__qualname__}")
        found = found.filter(pk__in=able.order_by().values("pk"))
    return found.order_by("username")


def working_in(people: QuerySet[User], warehouses: Collection[int] | QuerySet[Any]) -> QuerySet[User]:
    """Those of them who work in one of these warehouses, by id."""
    places = Workplace.objects.filter(user=OuterRef("pk"))
    return people.filter(~Exists(places) | Exists(places.filter(warehouse__in=warehouses)))
