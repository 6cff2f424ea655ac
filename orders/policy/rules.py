"""A policy: which checks are asked, from where on they fail, what a failure means, and for whom it does not count."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Outcome(StrEnum):
    """What a decision comes to, or what a failed check asks for."""

    APPROVE = "approve"
    NOTE = "note"
    HOLD = "hold"
    REJECT = "reject"


@dataclass(frozen=True)
class Rule:
    """How one check is asked. `threshold` is the last value that passes, `within` its time in the check's own unit.

    `trusted` lets the customers of the policy's trusted tiers pass.
    """

    asked: bool = True
    outcome: Outcome = Outcome.HOLD
    threshold: Decimal | None = None
    within: int | None = None
    trusted: bool = False

    def to_json(self) -> dict[str, Any]:
        """For the database and the API."""
        return {
            "asked": self.asked,
            "outcome": self.outcome.value,
            "threshold": None if self.threshold is None else f"{self.threshold:f}",
            "within": self.within,
            "trusted": self.trusted,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], default: "Rule") -> "Rule":
        """As it was kept; what is missing is as in `default`."""
        threshold = kept.get("threshold", default.threshold)
        return cls(
            asked=kept.get("asked", default.asked),
            outcome=Outcome(kept.get("outcome", default.outcome)),
            threshold=None if threshold is None else Decimal(threshold),
            within=kept.get("within", default.within),
            trusted=kept.get("trusted", default.trusted),
        )


@dataclass(frozen=True)
class Policy:
    """One version of a channel's policy; version 0 is the one that the program brings.

    `rules` by check name; a check without one is asked as its own default says. Holds of orders above
    `second_person_above` take two people to release.
    """

    version: int = 0
    rules: Mapping[str, Rule] = field(default_factory=dict)
    trusted_tiers: tuple[str, ...] = ("A",)
    second_person_above: Decimal | None = None
