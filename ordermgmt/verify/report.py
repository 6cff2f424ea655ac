"""An invariant, what came of checking it, and the report of all."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Invariant:
    """A sentence that must be true of every row.

    `examined` is SQL that counts the rows looked at, `breaches` is SQL that selects one text for each row that breaks
    it. Both may use the views and parameters that `examine.py` provides.
    """

    name: str
    sentence: str
    examined: str
    breaches: str


@dataclass(frozen=True)
class Check:
    """One invariant after the check: `count` breaches, of which `breaches` tells the first twenty."""

    name: str
    sentence: str
    examined: int
    count: int
    breaches: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return self.count == 0


@dataclass(frozen=True)
class Report:
    """All checks; `stuck` orders are told for information, they are no breach."""

    checks: tuple[Check, ...]
    orders: int
    stuck: int

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """Plain values, ready for `json.dumps`."""
        return {"ok": self.ok, **asdict(self)}
