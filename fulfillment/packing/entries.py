"""Reading objects of a JSON file strictly: every refusal names the entry. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from fulfillment.packing.goods import Size


class BadInstance(ValueError):
    """The file cannot be planned; says which entry is wrong, and how."""


class Entry:
    """One object of the file, and where in it: `orders[3].items[0]`."""

    def __init__(self, given: Any, where: str, names: tuple[Collection[str], Collection[str]] | None = None) -> None:
        if not isinstance(given, dict):
            raise BadInstance(f"{where} is no object")
        self.where, self._given = where, given
        needed, possible = names or ((), given)
        for name in needed:
            if name not in given:
                self.refuse(name, "is missing")
        for name in given:
            if name not in needed and name not in possible:
                self.refuse(name, "is not known")

    def refuse(self, name: str, why: str) -> NoReturn:
        """Raise BadInstance about one of the names."""
        raise BadInstance(f"{self.where}: {name} {why}")

    def get(self, name: str, default: Any = None) -> Any:
        """As it was given."""
        return self._given.get(name, default)

    def text(self, name: str) -> str:
        """A text that is not empty."""
        value = self.get(name)
        return value if isinstance(value, str) and value else self.refuse(name, "is no text")

    def whole(self, name: str, *, least: int = 0) -> int:
        """A whole number."""
        return self._whole(name, self.get(name), least)

    def flag(self, name: str) -> bool:
        """True or false; false where it is not said."""
        value = self.get(name, False)
        return value if isinstance(value, bool) else self.refuse(name, "is neither true nor false")

    def size(self, name: str) -> Size:
        """Three sides in mm, each 1 at least."""
        value = self.get(name)
        if not isinstance(value, list) or len(value) != 3:
            self.refuse(name, "is not three sides in mm")
        width, length, height = (self._whole(name, side, 1) for side in value)
        return width, length, height

    def amount(self, name: str, *, default: Decimal | None = None) -> Decimal:
        """A number of any kind, or a decimal text, that is not negative."""
        return self._amount(name, self.get(name, default))

    def breaks(self, name: str) -> tuple[tuple[int, Decimal], ...]:
        """Pairs of grams and an amount, the grams ascending."""
        value = self.get(name)
        if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
            self.refuse(name, "is no list of pairs [g, price]")
        pairs = tuple((self._whole(name, most, 1), self._amount(name, price)) for most, price in value)
        if not pairs or any(one[0] >= other[0] for one, other in zip(pairs, pairs[1:], strict=False)):
            self.refuse(name, "do not ascend")
        return pairs

    def entries(self, name: str, names: tuple[Collection[str], Collection[str]] | None = None) -> list["Entry"]:
        """The objects of a list."""
        value = self.get(name)
        if not isinstance(value, list):
            self.refuse(name, "is no list")
        inside = "" if self.where == "the file" else f"{self.where}."
        return [Entry(given, f"{inside}{name}[{place}]", names) for place, given in enumerate(value)]

    def once(self, name: str, keys: Sequence[str | int]) -> None:
        """Refuse keys that appear twice."""
        for key, count in Counter(keys).items():
            if count > 1:
                self.refuse(name, f"has {key} twice")

    def _whole(self, name: str, value: Any, least: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int | Decimal) or value != int(value):
            self.refuse(name, f"is no whole number: {value!s}")
        if value < least:
            self.refuse(name, f"is less than {least}: {value!s}")
        return int(value)

    def _amount(self, name: str, value: Any) -> Decimal:
        try:
            amount = Decimal(value) if isinstance(value, int | str | Decimal) and not isinstance(value, bool) else None
        except InvalidOperation:
            amount = None
        if amount is None or not amount.is_finite() or amount < 0:
            self.refuse(name, f"is no amount: {value!s}")
        return amount
