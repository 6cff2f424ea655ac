"""What the timeline says of changes."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from ordermgmt.phrases import counted, inside, listed, titled
from orders.money import shown

Data = Mapping[str, Any]


def units_changed(lines: list[Data]) -> Iterator[str]:
    """3 instead of 1 × MUG-1, 2 × JAR-1 added, 1 × TEA-1 called off."""
    for line in lines:
        before, after, sku = int(line.get("before", 0)), int(line.get("after", 0)), line.get("sku")
        if not before:
            yield f"{after} × {sku} added"
        elif not after:
            yield f"{before} × {sku} called off"
        else:
            yield f"{after} instead of {before} × {sku}"


def _sums(data: Data, currency: str) -> str:
    before, after = (Decimal(str(data.get(name, 0))) for name in ("before", "after"))
    return "" if before == after else f". {shown(after, currency)} instead of {shown(before, currency)}"


def _changed(data: Data, currency: str) -> str:
    named = [inside(titled(str(name))) for name in data.get("fields", [])]
    what = [*units_changed(data.get("lines", [])), *([f"another {listed(named)}"] if named else [])]
    return f"Changed: {', '.join(what)}{_sums(data, currency)}"


def _trimmed(data: Data, currency: str) -> str:
    why = f" ({data['reason']})" if data.get("reason") else ""
    return f"Called off in part{why}: {', '.join(units_changed(data.get('lines', [])))}{_sums(data, currency)}"


def _split(data: Data, currency: str) -> str:
    gone = sum(int(line.get("before", 0)) - int(line.get("after", 0)) for line in data.get("lines", []))
    return f"Split: {counted(gone, 'unit')} go on as order {data.get('other', '')}{_sums(data, currency)}"


def _split_off(data: Data, currency: str) -> str:
    return f"Split off from order {data.get('other', '')}"


def _merged(data: Data, currency: str) -> str:
    return f"Order {data.get('other', '')} was taken in{_sums(data, currency)}"


def _moved(data: Data, currency: str) -> str:
    amount = Decimal(str(data.get("amount", 0)))
    way = "came from" if amount > 0 else "went to"
    return f"{shown(abs(amount), currency)} of the pledge {way} the order's other part"


def _dropped(data: Data, currency: str) -> str:
    return f"Label {data.get('tracking', '')} is not used: the order was changed while it was bought"


def _proposed(data: Data, currency: str) -> str:
    return "A change was proposed"


def _discarded(data: Data, currency: str) -> str:
    return "The proposed change was discarded"


CHANGE_SENTENCES: dict[str, Callable[[Data, str], str]] = {
    "order.change_proposed": _proposed,
    "order.change_discarded": _discarded,
    "order.changed": _changed,
    "order.units_cancelled": _trimmed,
    "order.split": _split,
    "order.split_off": _split_off,
    "order.merged": _merged,
    "payment.moved": _moved,
    "label.dropped": _dropped,
}
