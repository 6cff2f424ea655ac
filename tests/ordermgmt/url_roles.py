"""Every address of the system by its name, and whether somebody gets past its guard."""

from django.test import Client
from django.urls import get_resolver, resolve, reverse

EXAMPLES = {"int": "1", "slug": "x", "string": "x", "path": "x", "uuid": "00000000-0000-0000-0000-000000000000"}
# Of addresses whose pattern is a regular expression, or takes certain words only.
ARGUMENTS = {
    "photo": {"kind": "claim", "pk": "1"},
    "return-again": {"order": "1", "number": "1"},
    "return-step": {"order": "1", "number": "1", "verb": "approve"},
}


def names() -> list[str]:
    """In alphabetical order, without the admin, which has guards of its own, and the API, which has keys."""
    found = get_resolver().reverse_dict
    return sorted({name for name in found if isinstance(name, str) and not address_of(name).startswith("/api/v1/")})


def address_of(name: str) -> str:
    """One address of it; what it names does not exist."""
    possibilities, _, _, converters = get_resolver().reverse_dict.getlist(name)[0]
    kinds = {key: type(converter).__name__.removesuffix("Converter").lower() for key, converter in converters.items()}
    arguments = {key: EXAMPLES[kinds.get(key, "string")] for key in possibilities[0][1]}
    return reverse(name, kwargs=ARGUMENTS.get(name, arguments))


def may(client: Client, address: str) -> bool:
    """Whether they get past the guard, wherever that leads."""
    answer = client.get(address)
    if answer.status_code == 405:
        answer = client.post(address)
    is_sent_away = answer.status_code == 302 and answer.headers["Location"].startswith("/login/")
    return answer.status_code not in (401, 403) and not is_sent_away


def needs_at(name: str) -> tuple[str, ...] | None:
    """The permissions of which its guard asks for one, none where whoever is staff gets in; None: there is no guard."""
    found: tuple[str, ...] | None = vars(resolve(address_of(name)).func).get("needs")
    return found
