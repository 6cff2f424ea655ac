"""The words that tell of a person, and texts without them. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ERASED = "[erased]"
PERSONAL = ("name", "company", "line1", "line2", "phone", "email")  # parts of an address or a customer
FREE = ("note", "gift_note", "text", "comment")  # what people write as they like
SHORTEST = 3  # letters; shorter parts of names are parts of other words, too
PARTIAL_DIGITS = 2


@dataclass(frozen=True)
class Words:
    """What names a person: `whole` wherever it stands, `parts` of names only in sentences, as a SKU may hold them."""

    whole: tuple[str, ...]
    parts: tuple[str, ...]


def words_of(addresses: Iterable[Mapping[str, Any]], *others: str) -> Words:
    """E-mails, phones, streets, postal codes and names of these addresses and these `others`, in lower case."""
    places = list(addresses)
    whole = {str(row.get(name) or "") for row in places for name in (*PERSONAL, "postal_code")} | set(others)
    names = {str(row.get("name") or "") for row in places} | {text for text in others if "@" not in text}
    parts = {part for text in names for part in re.findall(r"[^\W\d_]+", text)}
    return Words(_long_enough(whole), _long_enough(parts))


def without(value: Any, words: Words) -> Any:
    """The same JSON without the person: addresses made coarse, free texts gone, texts that name the person erased."""
    if isinstance(value, Mapping):
        if "line1" in value:
            return coarse(value)
        return {name: _part(name, inner, words) for name, inner in value.items()}
    if isinstance(value, list):
        return [without(inner, words) for inner in value]
    return erased(value, words) if isinstance(value, str) else value


def erased(text: str, words: Words) -> str:
    """The text, or where one of the words stands in it for itself, only that it was erased."""
    telling = (*words.whole, *words.parts) if " " in text.strip() else words.whole
    found = any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in telling)
    return ERASED if found else text


def coarse(address: Mapping[str, Any]) -> dict[str, str]:
    """Where about it is: the country and the first part of the postal code; the other parts are empty."""
    code = re.split(r"[\s-]", str(address.get("postal_code") or "").strip(), maxsplit=1)
    first = code[0] if len(code) > 1 else code[0][:PARTIAL_DIGITS]
    empty = dict.fromkeys(("name", "line1", "city"), "")
    return {**empty, "postal_code": first, "country": str(address.get("country") or "")}


def _part(name: str, inner: Any, words: Words) -> Any:
    if name in FREE and isinstance(inner, str):
        return ERASED if inner else ""
    return without(inner, words)


def _long_enough(words: set[str]) -> tuple[str, ...]:
    return tuple(sorted({word.strip().lower() for word in words if len(word.strip()) >= SHORTEST}))
